//! The simulator's answers against the schemas that the engine's makers publish.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use steward_testkit::{Client, Container, FakeEngine, Health, World};

#[expect(clippy::print_stderr, reason = "the one word a test has for: not run")]
fn schemas(test: &str) -> Option<Value> {
    let Some(shared) = std::env::var_os("STEWARD_SHARED") else {
        eprintln!(
            "not run: {test}: STEWARD_SHARED, the folder with specs/docker/v1.41.schema.json, is not set"
        );
        return None;
    };
    let path = PathBuf::from(shared).join("specs/docker/v1.41.schema.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Some(serde_json::from_str(&text).unwrap())
}

/// Engine 20.10 sends null here, against its own schema; the simulator does what the engine does.
const NULL_IN_PRACTICE: [&str; 1] = ["/HostConfig/MemorySwappiness"];

fn check(schemas: &Value, schema: &Value, what: &str, value: &Value) {
    let whole = json!({"definitions": schemas["definitions"], "allOf": [schema]});
    let validator = jsonschema::draft7::new(&whole).unwrap();
    let wrong: Vec<String> = validator
        .iter_errors(value)
        .map(|error| (error.instance_path().to_string(), error.to_string()))
        .filter(|(path, error)| !(NULL_IN_PRACTICE.contains(&path.as_str()) && error.starts_with("null ")))
        .map(|(path, error)| format!("{path}: {error}"))
        .collect();
    assert!(wrong.is_empty(), "{what}: {wrong:#?}");
}

#[test]
fn answers_fit_the_published_schemas() {
    let Some(schemas) = schemas("the published schemas") else { return };
    let engine = FakeEngine::start(
        World::fleet(30).stats_delay(Duration::ZERO).volume("media_data", 5 << 30).containers([
            Container::new("plex").project("media").port(32_400, 32_400).exposed(1_900).unhealthy("refused"),
            Container::new("sonarr").health_starting(),
            Container::new("loop").restarting(1),
            Container::new("oom").exited(137).oom_killed().memory_limit(8 << 20),
            Container::new("frozen").paused(),
            Container::new("fresh").never_started().error("no such file"),
            Container::new("dead").dead(),
        ]),
    );
    let client = Client::new(engine.socket());
    let check_answer = |operation: &str, target: &str| {
        let schema = &schemas["operations"][operation]["responses"];
        let reply = client.get(target);
        check(&schemas, &schema[reply.status.to_string()], target, &reply.json());
    };
    for target in ["/version", "/info", "/containers/json?all=1", "/containers/json", "/system/df"] {
        check_answer(&format!("GET {}", target.split('?').next().unwrap()), target);
    }
    for name in ["plex", "sonarr", "loop", "oom", "frozen", "fresh", "dead", "svc-0", "nope"] {
        check_answer("GET /containers/{id}/json", &format!("/containers/{name}/json"));
        check_answer("GET /containers/{id}/stats", &format!("/containers/{name}/stats?stream=false"));
    }
    let since = engine.now() / 1_000_000_000;
    engine.health("plex", Health::Healthy);
    engine.oom("svc-1");
    engine.restart("svc-2");
    engine.rename("svc-3", "other");
    engine.remove("svc-4");
    let events = client.get(&format!("/events?since={since}&until={}", since + 1)).json_lines();
    assert!(events.len() > 12, "{events:?}");
    for event in &events {
        check(&schemas, &schemas["operations"]["GET /events"]["responses"]["200"], "an event", event);
    }
}

#[test]
fn a_wrong_answer_does_not_fit() {
    let Some(schemas) = schemas("the published schemas, held against a wrong answer") else { return };
    let schema = &schemas["operations"]["GET /containers/json"]["responses"]["200"];
    let whole = json!({"definitions": schemas["definitions"], "allOf": [schema]});
    let validator = jsonschema::draft7::new(&whole).unwrap();
    assert!(!validator.is_valid(&json!([{"Id": 5}])));
    assert!(!validator.is_valid(&json!({"message": "no"})));
}
