//! Against a real engine: the scene, the proxy in front of it, and the simulator's likeness to it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;
use steward_testkit::{
    CANARY, Client, Container, FakeEngine, RecordingProxy, Role, Scene, World, real_engine,
};

#[expect(clippy::print_stderr, reason = "the one word a test has for: not run")]
fn engine(test: &str) -> Option<PathBuf> {
    let engine = real_engine();
    if engine.is_none() {
        eprintln!("not run: {test}: no Docker engine answers here");
    }
    engine
}

fn exists(client: &Client, name: &str) -> bool {
    client.get(&format!("/containers/{name}/json")).status == 200
}

#[test]
fn the_scene_has_a_container_in_every_state_and_goes_without_a_trace() {
    let Some(socket) = engine("the scene") else { return };
    let client = Client::new(&socket);
    let names = {
        let scene = Scene::start(&socket, "tkscene");
        let word = |role| scene.inspect(role)["State"]["Status"].as_str().unwrap().to_owned();
        assert_eq!(word(Role::Running), "running");
        assert_eq!(word(Role::Paused), "paused");
        assert_eq!(word(Role::Stopped), "exited");
        let unhealthy = scene.inspect(Role::Unhealthy);
        assert_eq!(unhealthy["State"]["Health"]["Log"][0]["Output"], "connection refused on :8096\n");
        assert_eq!(scene.inspect(Role::OomKilled)["State"]["OOMKilled"], true);
        assert_eq!(
            scene.inspect(Role::Healthy)["Config"]["Labels"]["com.docker.compose.project"],
            scene.projects()[0]
        );
        assert!(scene.inspect(Role::Running)["Config"]["Env"].to_string().contains(CANARY));
        assert_eq!(scene.containers().len(), 9);
        scene.containers()
    };
    assert!(names.iter().all(|name| !exists(&client, name)), "left over: {names:?}");
    assert_eq!(client.get("/images/tkscene-busybox:scene/json").status, 404);
}

#[test]
fn what_a_killed_scene_left_is_cleared() {
    let Some(socket) = engine("the leftovers of a scene") else { return };
    let client = Client::new(&socket);
    // a stranger's container and image must survive
    let other = Scene::start(&socket, "tkstays");
    let killed = Scene::start(&socket, "tkleft");
    let names = killed.containers();
    std::mem::forget(killed);
    assert!(names.iter().all(|name| exists(&client, name)));
    Scene::clear_leftovers(&socket, "tkleft");
    assert!(!names.iter().any(|name| exists(&client, name)));
    assert!(other.containers().iter().all(|name| exists(&client, name)));
}

#[test]
fn the_scene_changes_as_its_owner_says() {
    let Some(socket) = engine("changes of the scene") else { return };
    let scene = Scene::start(&socket, "tkacts");
    scene.act(Role::Paused, "unpause");
    scene.wait_until(Role::Paused, |container| container["State"]["Status"] == "running");
    scene.act(Role::Stopped, "start");
    scene.wait_until(Role::Stopped, |container| container["State"]["Running"] == true);
    scene.act(Role::Stopped, "stop?t=0");
    scene.wait_for(Role::Stopped);
}

/// Every field with the kind of its value, lists by their first entry; what names or counts things is left out.
fn shape(value: &Value, at: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                // keys that are data, or that depend on the host's devices and kernel
                if matches!(
                    key.as_str(),
                    "Labels"
                        | "Runtimes"
                        | "Ports"
                        | "PortBindings"
                        | "stats"
                        | "io_service_bytes_recursive"
                        | "ExecIDs"
                        | "Networks"
                        | "Attributes"
                ) {
                    into.insert(format!("{at}/{key}"));
                } else {
                    shape(value, &format!("{at}/{key}"), into);
                }
            }
        }
        Value::Array(items) => {
            into.insert(format!("{at}[]"));
            if let Some(first) = items.first().filter(|first| first.is_object()) {
                shape(first, &format!("{at}[]"), into);
            }
        }
        Value::Null => drop(into.insert(format!("{at} null"))),
        Value::Bool(_) => drop(into.insert(format!("{at} bool"))),
        Value::Number(_) => drop(into.insert(format!("{at} number"))),
        Value::String(_) => drop(into.insert(format!("{at} string"))),
    }
}

fn shaped(value: &Value) -> BTreeSet<String> {
    let mut into = BTreeSet::new();
    shape(value, "", &mut into);
    into
}

fn same(what: &str, real: &Value, simulated: &Value) {
    let (real, simulated) = (shaped(real), shaped(simulated));
    let missing: Vec<_> = real.difference(&simulated).collect();
    let extra: Vec<_> = simulated.difference(&real).collect();
    assert!(missing.is_empty() && extra.is_empty(), "{what}: missing {missing:#?}, too many {extra:#?}");
}

/// The scene as the simulator tells it.
fn simulated(scene: &Scene) -> FakeEngine {
    let of = |role| Container::new(scene.name(role)).network("none").project("p");
    FakeEngine::start(World::new().stats_delay(std::time::Duration::ZERO).containers([
        of(Role::Running),
        of(Role::Healthy).healthy(),
        of(Role::Unhealthy).unhealthy("connection refused on :8096"),
        of(Role::Stopped).exited(137),
        of(Role::CrashLooping).restarting(3),
        of(Role::OomKilled).exited(137).oom_killed(),
        of(Role::Finished).exited(0),
        of(Role::Failed).exited(1),
        of(Role::Paused).paused(),
    ]))
}

/// The words of a status without its numbers: "Up # seconds (unhealthy)".
fn words(status: &str) -> String {
    let ago = status.split_whitespace().map(|word| match word {
        "Less" | "than" | "About" | "a" | "an" | "second" | "seconds" | "minute" | "minutes" | "hour" => "#",
        word if word.bytes().all(|b| b.is_ascii_digit()) => "#",
        word => word,
    });
    let mut words: Vec<&str> = ago.collect();
    words.dedup();
    words.join(" ")
}

#[test]
fn the_simulator_answers_with_the_fields_of_the_real_engine() {
    let Some(socket) = engine("the simulator's likeness") else { return };
    let scene = Scene::start(&socket, "tklike");
    let fake = simulated(&scene);
    let (real, sim) = (scene.client(), Client::new(fake.socket()));
    for target in ["/version", "/info"] {
        same(target, &real.get(target).json(), &sim.get(target).json());
    }
    let row = |client: &Client, name: &str| -> Value {
        let rows = client.get("/containers/json?all=1").json();
        let row = rows.as_array().unwrap().iter().find(|row| row["Names"][0] == format!("/{name}"));
        row.unwrap_or_else(|| panic!("no row of {name}")).clone()
    };
    for role in Role::ALL {
        let name = scene.name(role);
        let (a, b) = (row(real, name), row(&sim, name));
        same(&format!("the row of {name}"), &a, &b);
        // a container that restarts for ever runs for a moment now and then
        if role != Role::CrashLooping {
            assert_eq!(a["State"], b["State"]);
            assert_eq!(words(a["Status"].as_str().unwrap()), words(b["Status"].as_str().unwrap()));
            let stats = format!("/containers/{name}/stats?stream=false&one-shot=true");
            same(&stats, &real.get(&stats).json(), &sim.get(&stats).json());
        }
        let inspect = format!("/containers/{name}/json");
        same(&inspect, &real.get(&inspect).json(), &sim.get(&inspect).json());
    }
    for target in [
        "/containers/nope/json",
        "/nope",
        "/v1.99/info",
        "/containers/nope/logs?stdout=1",
        "/events?since=abc",
    ] {
        let (a, b) = (real.get(target), sim.get(target));
        assert_eq!((a.status, a.json()), (b.status, b.json()), "{target}");
    }
}

#[test]
fn the_simulator_tells_the_events_of_the_real_engine() {
    let Some(socket) = engine("the simulator's events") else { return };
    let scene = Scene::start(&socket, "tkevents");
    let fake = simulated(&scene);
    let name = scene.name(Role::Running).to_owned();
    let events = |client: &Client, since: i64| -> Vec<Value> {
        let filters =
            format!("%7B%22container%22%3A%5B%22{name}%22%5D%2C%22type%22%3A%5B%22container%22%5D%7D");
        let until = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let (until, nanos) = (until.as_secs(), until.subsec_nanos());
        client.get(&format!("/events?since={since}&until={until}.{nanos:09}&filters={filters}")).json_lines()
    };
    let actions = |events: &[Value]| -> Vec<String> {
        events.iter().map(|event| event["Action"].as_str().unwrap().to_owned()).collect()
    };
    let since = fake.now() / 1_000_000_000;
    scene.act(Role::Running, "stop?t=0");
    fake.stop_by_force(&name);
    let (a, b) = (events(scene.client(), since), events(&Client::new(fake.socket()), since));
    // the scene's own start of a second ago may still be in sight
    let stop = |all: &[Value]| all.iter().position(|event| event["Action"] == "kill").unwrap();
    let (a, b) = (a[stop(&a)..].to_vec(), b[stop(&b)..].to_vec());
    assert_eq!(actions(&a), actions(&b));
    for (a, b) in a.iter().zip(&b) {
        same("an event", a, b);
        let keys = |event: &Value| {
            event["Actor"]["Attributes"]
                .as_object()
                .unwrap()
                .keys()
                .filter(|k| !k.contains('.'))
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(a), keys(b));
    }
}

#[test]
fn the_proxy_passes_what_the_engine_says() {
    let Some(socket) = engine("the proxy before an engine") else { return };
    let proxy = RecordingProxy::start(&socket);
    let (direct, through) = (Client::new(&socket), Client::new(proxy.socket()));
    assert_eq!(direct.get("/version").json(), through.get("/version").json());
    assert_eq!(through.get("/v1.41/containers/json?all=1&limit=1").status, 200);
    assert_eq!(through.post("/containers/tkproxy-nobody/start", &Value::Null).status, 404);
    let seen: Vec<String> =
        proxy.requests().iter().map(|seen| format!("{} {}", seen.method, seen.target)).collect();
    assert_eq!(
        seen,
        ["GET /version", "GET /v1.41/containers/json?all=1&limit=1", "POST /containers/tkproxy-nobody/start"]
    );
    assert_eq!(proxy.writes().len(), 1);
}
