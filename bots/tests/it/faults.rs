//! An engine that is absent, hung, broken or vanishing: *unknown* with the reason, never "no containers", never a
//! hang beyond the deadline.

use std::time::Duration;

use steward_testkit::{Container, Endpoint, FakeEngine, Fault, World};

use crate::program::Program;
use crate::running::Running;

/// The engine's deadline is five seconds; a question makes a few calls at once, each in its own time.
const BOUND: Duration = Duration::from_secs(12);

fn engine() -> FakeEngine {
    FakeEngine::start(World::new().containers([
        Container::new("plex").project("media").running(),
        Container::new("sonarr").project("media").healthy(),
        Container::new("db").project("data").exited(137).oom_killed(),
    ]))
}

#[test]
fn an_absent_engine_that_was_never_seen_does_not_count() {
    let missing = tempfile::tempdir().unwrap();
    let program = Program::with_docker(&format!("unix://{}/docker.sock", missing.path().display()));
    // Set by hand: its silence is unknown.
    let listed = program.json(&["containers"]);
    assert_eq!((listed["verdict"].as_str(), listed["exit"].as_i64()), (Some("unknown"), Some(3)));
    assert_eq!(listed["sources"][0]["state"], "unknown");
    assert!(listed["sources"][0]["error"].as_str().unwrap().contains("socket does not exist"), "{listed:#}");
    assert!(!listed["summary"].as_str().unwrap().to_lowercase().contains("no containers"));
    assert_eq!(program.json(&["status"])["exit"], 3);
}

#[test]
fn every_fault_is_unknown_with_its_reason_and_in_time() {
    let table = [
        (Fault::Hang, "did not answer"),
        (Fault::Truncate, ""),
        (Fault::Garbage, "not what the API promises"),
        (Fault::Status(500), "error 500"),
        (Fault::WrongJson, "not what the API promises"),
        (Fault::Refuse, "nothing listens"),
        (Fault::Gone, "socket does not exist"),
        (Fault::ApiVersion("1.40"), "1.41"),
        (Fault::Slow(40), "did not answer"),
    ];
    for (fault, reason) in table {
        let engine = engine();
        engine.fault(fault);
        let program = Program::with_docker(&engine.docker_host());
        for command in ["containers", "status", "problems", "crashes"] {
            let ran = program.run(&[command, "--json"]);
            let answer = ran.json();
            assert!(ran.took < BOUND, "{fault:?} {command} took {:?}", ran.took);
            assert!(matches!(ran.code, 2 | 3), "{fault:?} {command}: {answer:#}");
            let docker =
                answer["sources"].as_array().unwrap().iter().find(|s| s["name"] == "docker").unwrap();
            assert_eq!(docker["state"], "unknown", "{fault:?} {command}");
            assert!(docker["error"].as_str().unwrap().contains(reason), "{fault:?} {command}: {docker}");
            assert!(answer["data"]["containers"].is_null(), "{fault:?} {command}: {answer:#}");
        }
    }
}

#[test]
fn an_engine_that_was_seen_once_is_missed() {
    let engine = engine();
    let socket = engine.socket().to_owned();
    let program = Program::with_docker(&engine.docker_host());
    assert_eq!(program.json(&["containers"])["data"]["total"], 3);
    engine.fault(Fault::Gone);
    assert!(!socket.exists());
    assert_eq!(program.json(&["status"])["exit"], 3);
    engine.fault(Fault::None);
    assert_eq!(program.json(&["containers"])["data"]["total"], 3);
}

#[test]
fn vanishing_in_the_middle_is_told() {
    for endpoint in [Endpoint::Inspect, Endpoint::Events] {
        let engine = engine();
        engine.fault_on(endpoint, Fault::Hang);
        let program = Program::with_docker(&engine.docker_host());
        let ran = program.run(&["status", "--json"]);
        assert!(ran.took < BOUND, "{endpoint:?}: {:?}", ran.took);
        // The list came: what it tells is told, and the container that was killed is not called well.
        let answer = ran.json();
        assert_eq!(answer["data"]["containers"]["total"], 3, "{answer:#}");
        assert_ne!(ran.code, 0, "{endpoint:?}: {answer:#}");
    }
    let engine = engine();
    engine.fault_on(Endpoint::Inspect, Fault::Gone);
    let program = Program::with_docker(&engine.docker_host());
    let detail = program.json(&["service", "plex"]);
    assert_eq!(detail["exit"], 3, "{detail:#}");
}

#[test]
fn a_running_program_answers_from_memory_after_one_list_call_and_takes_up_a_lost_stream() {
    let engine = engine();
    let program = Program::with_docker(&engine.docker_host());
    let mut running = Running::start(&program);
    assert_eq!(engine.count("list"), 1, "one list call per connect");

    engine.crash("plex", 139);
    running.wait_until(|| program.json(&["crashes"])["data"]["crashes"].to_string().contains("plex"));
    engine.fault(Fault::CutEvents);
    engine.fault(Fault::None);
    running.wait_for("docker: ");
    engine.crash("sonarr", 1);
    running.wait_until(|| {
        program.json(&["history", "sonarr"])["data"]["events"].to_string().contains("\"die\"")
    });
    assert_eq!(running.end(), 0, "{:#?}", running.log);
    assert!(engine.refused().is_empty(), "{:?}", engine.refused());
}
