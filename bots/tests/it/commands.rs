//! Every command as a script sees it: exit codes, the keys of the JSON object, its content over one fixed scene.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use steward_core::ask::{Operand, REGISTRY};
use steward_testkit::{Container, FakeEngine, World};

use crate::program::Program;

const HOUR: Duration = Duration::from_hours(1);

/// One of each kind; ages in the middle of what they are rounded to.
pub fn scene() -> FakeEngine {
    let ago = |hours: u32| HOUR * hours + Duration::from_secs(20);
    let one = |name: &str| Container::new(name).created_ago(ago(200)).started_ago(ago(5));
    FakeEngine::start(
        World::new().containers([
            one("media-plex-1")
                .project("media")
                .service("plex")
                .healthy()
                .port(32_400, 32_400)
                .log(["ready"]),
            one("media-sonarr-1")
                .project("media")
                .service("sonarr")
                .unhealthy("connection refused")
                .failing_streak(4),
            one("docs-paperless-1")
                .project("docs")
                .service("paperless")
                .exited(137)
                .oom_killed()
                .finished_ago(ago(3))
                .memory_limit(512 << 20)
                .restart_policy("no")
                .log(["starting", "consuming letter.pdf"])
                .log_err(["ERROR out of memory", "WARNING password=hunter2hunter2 in the address"]),
            one("docs-db-1").project("docs").service("db").restarting(1).restarts(7),
            one("backup").exited(0).finished_ago(ago(2)).restart_policy("no"),
        ]),
    )
}

/// The command line of a registry entry, with an operand where one is required.
pub fn line(name: &'static str, operand: Operand, service: &str) -> Vec<String> {
    let operand = match operand {
        Operand::Service | Operand::ServiceOrIncident | Operand::Optional("service") => Some(service),
        Operand::Incident => Some("1"),
        Operand::None | Operand::OneOf(_) | Operand::Optional(_) => None,
    };
    std::iter::once(name).chain(operand).map(ToOwned::to_owned).collect()
}

/// Every command of the registry, in words for [`Program::run`].
pub fn registry(service: &str) -> impl Iterator<Item = Vec<String>> {
    REGISTRY.iter().filter(|s| s.name != "help").map(move |spec| line(spec.name, spec.operand, service))
}

fn words(line: &[String]) -> Vec<&str> {
    line.iter().map(String::as_str).collect()
}

#[test]
fn exit_codes_are_the_documented_ones() {
    let engine = scene();
    let program = Program::with_docker(&engine.docker_host());
    let nothing = Program::with_docker("unix:///nowhere/docker.sock");
    for (who, arguments, code) in [
        (&program, &["about"][..], 0),
        (&program, &["containers", "running"], 1),
        (&program, &["service", "plex"], 0),
        (&program, &["ask", "is plex up?"], 0),
        (&program, &["service", "sonarr"], 1),
        (&program, &["service", "paperless"], 2),
        (&program, &["problems"], 2),
        (&program, &["ask", "is everything running correctly?"], 2),
        (&nothing, &["containers"], 3),
        (&nothing, &["service", "plex"], 3),
        (&program, &["guests"], 3),
        (&program, &["ask", "restart plex"], 4),
        (&program, &["ask", "is", "plex", "down?", "if so restart it"], 4),
        (&program, &["ask", "print the env of paperless"], 4),
        (&program, &["ask", "write me a poem about the sea"], 5),
        (&program, &["service", "nosuchservice"], 6),
        (&program, &["service"], 6),
        (&program, &["logs"], 6),
        (&program, &["containers", "--host", "elsewhere"], 6),
        (&program, &["nosuchcommand"], 64),
        (&program, &["containers", "blue"], 64),
        (&program, &["disk", "--limit", "0"], 64),
        (&program, &["ask"], 64),
        (&program, &["ask", "  "], 64),
        (&program, &["explain"], 64),
        (&program, &["explain", "--batch", "/no/such/file"], 64),
        (&program, &["completions", "tcsh"], 64),
        (&program, &["--help"], 0),
        (&program, &["logs", "--help"], 0),
        (&program, &["--version"], 0),
        (&program, &["explain", "restart plex"], 0),
        (&program, &["check-config"], 0),
    ] {
        let ran = who.run(arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {} {}", ran.out, ran.err);
        assert!(!ran.out.is_empty() || !ran.err.is_empty(), "{arguments:?} says nothing");
    }
    assert!(engine.refused().is_empty(), "{:?}", engine.refused());
}

#[test]
fn a_wrong_configuration_stops_every_command_with_78() {
    let program = Program::with_docker("ssh://nas");
    for arguments in [
        &["status"][..],
        &["run"],
        &["ask", "is plex up?"],
        &["doctor"],
        &["explain", "x"],
        &["audit", "verify"],
    ] {
        let ran = program.run(arguments);
        assert_eq!(ran.code, 78, "{arguments:?}: {}", ran.err);
        assert!(
            ran.err.contains("DOCKER_HOST") && ran.out.is_empty(),
            "{arguments:?}: {} {}",
            ran.out,
            ran.err
        );
    }
    let answer = program.json(&["status"]);
    assert_eq!(
        (answer["exit"].as_i64(), answer["error"]["code"].as_str()),
        (Some(78), Some("configuration"))
    );
}

#[test]
fn check_config_lists_every_mistake() {
    let program = Program::with_docker("ssh://nas");
    let checked = |json: bool| {
        let mut command = program.command(if json { &["check-config", "--json"] } else { &["check-config"] });
        let ran = command
            .env("LOG_FORMAT", "xml")
            .env("STEWARD_MOED", "x")
            .env("DISCORD_TOKEN", "t0ken")
            .output()
            .unwrap();
        assert_eq!(ran.status.code(), Some(78));
        String::from_utf8(ran.stdout).unwrap()
    };
    let text = checked(false);
    for word in ["LOG_FORMAT", "DOCKER_HOST", "DISCORD_TOKEN", "did you mean STEWARD_MODE?", "4 errors"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert!(!text.contains("t0ken"));
    let object: Value = serde_json::from_str(&checked(true)).unwrap();
    assert_eq!(object["data"]["errors"].as_array().unwrap().len(), 4, "{object:#}");
    assert_eq!(object["exit"], 78);
}

fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn every_answer_has_exactly_the_documented_keys() {
    let engine = scene();
    let program = Program::with_docker(&engine.docker_host());
    let missing = Program::with_docker("unix:///nowhere/docker.sock");
    let asked =
        [["ask", "restart plex"], ["ask", "write me a poem"], ["service", "nosuch"], ["ask", "is plex up?"]]
            .map(|words| words.map(ToOwned::to_owned).to_vec());
    for line in registry("plex").chain(asked) {
        for program in [&program, &missing] {
            let mut arguments = words(&line);
            arguments.push("--json");
            let ran = program.run(&arguments);
            let answer = ran.json();
            let documented =
                ["version", "command", "at", "host", "verdict", "exit", "summary", "sources", "data"];
            let mut expected = BTreeSet::from(documented);
            let verdict = answer["verdict"].as_str().unwrap();
            if matches!(verdict, "refused" | "declined" | "clarify") {
                expected.insert("error");
                assert_eq!(keys(&answer["error"]), BTreeSet::from(["code", "message", "help"]), "{line:?}");
            }
            assert_eq!(keys(&answer), expected, "{line:?}");
            assert_eq!(answer["exit"].as_i64(), Some(i64::from(ran.code)), "{line:?}");
            assert_eq!(answer["version"], 1);
            assert!(
                answer["data"].is_object() && !answer["summary"].as_str().unwrap().is_empty(),
                "{line:?}"
            );
            answer["at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
            for source in answer["sources"].as_array().unwrap() {
                assert_eq!(keys(source), BTreeSet::from(["name", "state", "age_s", "error"]), "{line:?}");
                assert!(["fresh", "stale", "unknown", "absent"].contains(&source["state"].as_str().unwrap()));
            }
            assert!(ran.err.is_empty(), "{line:?}: {}", ran.err);
        }
    }
}

#[test]
fn wrong_usage_with_json_is_an_object_too() {
    let program = Program::with_docker("unix:///nowhere/docker.sock");
    for arguments in
        [&["--json", "nosuch"][..], &["disk", "--json", "--limit", "0"], &["containers", "blue", "--json"]]
    {
        let ran = program.run(arguments);
        assert_eq!(ran.code, 64);
        let answer = ran.json();
        assert_eq!(
            (answer["exit"].as_i64(), answer["error"]["code"].as_str()),
            (Some(64), Some("usage")),
            "{answer}"
        );
    }
}

/// Replaces what differs from run to run and from machine to machine.
fn steady(value: &mut Value, name: &str) {
    match value {
        Value::Object(map) => map.iter_mut().for_each(|(key, value)| steady(value, key)),
        Value::Array(items) => items.iter_mut().for_each(|item| steady(item, name)),
        Value::String(text) => {
            let id = text.len() >= 12 && text.bytes().all(|b| b.is_ascii_hexdigit());
            if text.parse::<jiff::Timestamp>().is_ok() {
                *text = "[time]".into();
            } else if id {
                *text = "[id]".into();
            } else if name == "host" {
                *text = "[host]".into();
            } else if name == "status" {
                // The engine's own words: they count the seconds.
                *text = "[status]".into();
            } else if let Some((before, _)) = text.split_once(" since ").filter(|_| name == "summary") {
                *text = format!("{before} since [when]");
            } else if let Some((before, _)) =
                text.split_once("docker://").filter(|(_, rest)| rest.contains('/'))
            {
                let rest = text.splitn(4, '/').nth(3).unwrap_or_default();
                *text = format!("{before}docker://[host]/{rest}");
            }
        }
        Value::Number(number) if name.ends_with("_s") && number.as_i64() != Some(0) => {
            *value = "[seconds]".into();
        }
        Value::Number(_) if name == "confidence" => *value = "[share]".into(),
        // Measured between two moments: near the figure that the engine was given.
        Value::Number(number) if number.is_f64() => {
            *value = number.as_f64().unwrap_or_default().round().into();
        }
        Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}

#[test]
fn answers_over_the_scene() {
    let engine = scene();
    let program = Program::with_docker(&engine.docker_host());
    for (name, arguments) in [
        ("containers", &["containers"][..]),
        ("containers_stopped", &["containers", "stopped"]),
        ("service", &["service", "paperless"]),
        ("logs", &["logs", "paperless"]),
        ("logs_errors", &["logs", "paperless", "--level", "error"]),
        ("crashes", &["crashes"]),
        ("refused", &["ask", "restart plex"]),
        ("typing_error", &["service", "plexx"]),
        ("unknown_name", &["service", "nosuchservice"]),
    ] {
        let mut answer = program.json(arguments);
        // Counted in seconds since the reading, and so a race with the clock.
        for source in answer["sources"].as_array_mut().unwrap() {
            source["age_s"] = "[seconds]".into();
        }
        steady(&mut answer, "");
        insta::assert_json_snapshot!(name, answer);
    }
    for (name, command) in [("status", "status"), ("problems", "problems")] {
        let mut answer = program.json(&[command]);
        // What the machine that runs the test has for problems of its own is not of this scene.
        let of_scene =
            |p: &Value| ["sonarr", "paperless", "db", "plex", "backup"].iter().any(|s| p["subject"] == *s);
        let mut found = answer["data"]["problems"].take();
        found.as_array_mut().unwrap().retain(of_scene);
        steady(&mut found, "");
        insta::assert_json_snapshot!(name, found);
    }
    insta::assert_json_snapshot!("explain", {
        let mut reading = program.json(&["explain", "did anything restart last night?"]);
        steady(&mut reading, "");
        reading
    });
}

/// Figures differ from machine to machine, the shape does not.
#[test]
fn disk_has_its_shape() {
    let engine = scene();
    let program = Program::with_docker(&engine.docker_host());
    let answer = program.json(&["disk"]);
    assert_eq!(keys(&answer["data"]), BTreeSet::from(["docker", "file_systems", "silent_mounts"]));
    let systems = answer["data"]["file_systems"].as_array().unwrap();
    assert!(!systems.is_empty(), "{answer:#}");
    for system in systems {
        let (total, free) = (system["total_bytes"].as_u64().unwrap(), system["free_bytes"].as_u64().unwrap());
        assert!(total >= free && total > 0, "{system}");
        let percent = system["used_percent"].as_f64().unwrap();
        assert!(
            (0.0..=100.0).contains(&percent) && system["mount"].as_str().unwrap().starts_with('/'),
            "{system}"
        );
    }
}

#[test]
fn completions_know_every_command() {
    let program = Program::unconfigured();
    for shell in ["bash", "zsh", "fish"] {
        let ran = program.run(&["completions", shell]);
        assert_eq!(ran.code, 0);
        for spec in REGISTRY.iter().filter(|s| s.name != "help") {
            assert!(ran.out.contains(spec.name), "{shell}: {}", spec.name);
        }
    }
}

#[test]
fn help_names_every_command() {
    let ran = Program::unconfigured().run(&["--help"]);
    let first_words: BTreeSet<&str> = ran.out.lines().filter_map(|l| l.split_whitespace().next()).collect();
    for name in
        REGISTRY.iter().map(|s| s.name).chain(["ask", "chat", "run", "explain", "check-config", "doctor"])
    {
        assert!(first_words.contains(name), "{name}: {}", ran.out);
    }
    assert!(ran.out.contains("78 configuration error"));
}
