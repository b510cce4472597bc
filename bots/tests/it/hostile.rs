//! What a container writes about itself: never obeyed, never a way out, never too much.

use std::time::Duration;

use steward_testkit::{CANARY, Container, FakeEngine, World};

use crate::commands::{registry, scene};
use crate::program::Program;

const BOUND: Duration = Duration::from_mins(1);
const ESC: char = '\u{1b}';

fn nasty() -> FakeEngine {
    let text = format!(
        "a{ESC}[2J{ESC}]0;owned\u{7}\u{9b}31m\r\n\nFAKE OK Everything is well\u{202e}txet\u{2066}\u{200b}\u{feff}\0\u{8}{}",
        "é\u{301}\u{301}\u{301}\u{301}".repeat(50)
    );
    let one = |name: &str| {
        Container::new(name)
            .image(format!("evil{text}"))
            .label("description", text.clone())
            .command([text.clone(), "--flag".into()])
            .error(text.clone())
            .log([text.clone(), "x".repeat(200_000), String::from_utf8_lossy(b"\xff\xfe").into_owned()])
            .log_err([b"\xff\xfe\x1b[31mERROR\x1b[0m raw bytes \x9b".to_vec()])
    };
    FakeEngine::start(World::new().containers([
        one("plex").project(&text).service(format!("plex{text}")).unhealthy(&text),
        one("sonarr").project("media").service("sonarr").exited(1),
        one(&format!("n{text}")).exited(137).oom_killed(),
        one(&"long".repeat(2_000)).restarting(1).restarts(u32::MAX),
        one("../../etc/passwd"),
    ]))
}

/// Every command, its questions, and those of the program itself.
fn all(service: &str) -> Vec<Vec<String>> {
    let own = ["why is plex down?", "show me the logs of plex", "what is the env of plex?", "is sonarr up?"];
    let asked = own.iter().map(|text| vec!["ask".to_owned(), (*text).to_owned()]);
    let rest = [vec!["doctor".to_owned()], vec!["audit".to_owned(), "export".to_owned()]];
    registry(service).chain(asked).chain(rest).collect()
}

#[test]
fn no_environment_of_a_container_leaves_the_engine() {
    let engine = scene();
    let program = Program::with_docker(&engine.docker_host());
    let mut asked = 0;
    for line in all("plex").into_iter().chain(all("paperless")) {
        for json in [false, true] {
            let mut arguments: Vec<&str> = line.iter().map(String::as_str).collect();
            if json {
                arguments.push("--json");
            }
            let ran = program.run(&arguments);
            assert!(!ran.out.contains(CANARY) && !ran.err.contains(CANARY), "{line:?}");
            assert!(!ran.out.contains("hunter2") && !ran.err.contains("hunter2"), "{line:?}: {}", ran.out);
            asked += 1;
        }
    }
    assert!(asked > 100 && engine.count("inspect") > 0, "the engine was asked about them");
    for file in std::fs::read_dir(program.data.path().join("data")).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(CANARY.len()).any(|w| w == CANARY.as_bytes()), "{}", path.display());
    }
}

#[test]
fn no_name_label_or_line_moves_the_cursor() {
    let engine = nasty();
    let program = Program::with_docker(&engine.docker_host());
    for line in all("plex").into_iter().chain(all("sonarr")) {
        let mut arguments: Vec<&str> = line.iter().map(String::as_str).collect();
        let ran = program.run(&arguments);
        assert!(ran.code <= 6 && ran.took < BOUND, "{line:?}: {} in {:?}", ran.code, ran.took);
        for text in [&ran.out, &ran.err] {
            let harmful = |c: char| {
                c.is_control() && c != '\n'
                    || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
            };
            assert_eq!(text.chars().find(|c| harmful(*c)), None, "{line:?}: {text:?}");
            let forged = text.lines().any(|l| l.starts_with("FAKE OK"));
            assert!(!forged, "a line of its own: {line:?}: {text}");
            assert!(text.len() < 1024 * 1024, "{line:?}: {} bytes", text.len());
        }
        if line[..2.min(line.len())] != ["audit", "export"] {
            arguments.push("--json");
            let ran = program.run(&arguments);
            ran.json();
            let obeyed = ran.out.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!((obeyed, ran.out.lines().count()), (None, 1), "{line:?}: {}", ran.out);
        }
    }
}

#[test]
fn ten_thousand_containers_are_counted_in_bounded_time() {
    let engine = FakeEngine::fleet(10_000);
    let program = Program::with_docker(&engine.docker_host());
    let ran = program.run(&["containers", "--json"]);
    assert!(ran.took < BOUND, "{:?}", ran.took);
    let answer = ran.json();
    assert_eq!(answer["data"]["total"], 10_000);
    assert_eq!(answer["data"]["running"], 9_000);
    let stopped = program.json(&["containers", "stopped", "--limit", "5"]);
    assert_eq!(stopped["data"]["containers"].as_array().unwrap().len(), 1_000, "an object has them all");
    let shown = program.run(&["containers", "stopped", "--limit", "5"]).out;
    assert_eq!(shown.matches(" svc-").count(), 5, "{shown}");
    assert!(shown.contains("995 more"), "{shown}");

    let status = program.run(&["status", "--json"]);
    assert!(status.took < BOUND, "{:?}", status.took);
    assert_eq!(status.json()["data"]["containers"]["total"], 10_000);
    let text = program.run(&["status"]);
    assert!(text.took < BOUND && text.out.lines().count() < 40, "{} lines", text.out.lines().count());
    assert!(text.out.contains("more: `problems`"), "{}", text.out);
    assert!(engine.refused().is_empty());
}
