//! The record of what was asked: complete, masked, verifiable.

use serde_json::Value;
use steward_store::sqlite::SqliteStore;
use steward_testkit::FakeEngine;

use crate::program::Program;

const TOKEN: &str = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";

fn exported(program: &Program) -> (Vec<Value>, String) {
    let ran = program.run(&["audit", "export"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    (ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), ran.out)
}

fn events(entries: &[Value], field: &str) -> Vec<String> {
    entries.iter().map(|e| e["event"][field].as_str().unwrap_or("-").to_owned()).collect()
}

#[test]
fn every_question_and_refusal_is_recorded() {
    let engine = FakeEngine::fleet(3);
    let program = Program::with_docker(&engine.docker_host());
    assert_eq!(program.run(&["ask", "what containers are running?"]).code, 0);
    assert_eq!(program.run(&["ask", "restart svc-1"]).code, 4);
    assert_eq!(program.run(&["ask", "write me a poem about the sea"]).code, 5);
    assert_eq!(program.run(&["service", "nosuch"]).code, 6);
    let (entries, _) = exported(&program);
    let places: Vec<_> = entries.iter().map(|e| e["seq"].as_u64().unwrap()).collect();
    assert_eq!(places, [1, 2, 3, 4]);
    assert_eq!(events(&entries, "verdict"), ["answer", "refuse", "decline", "clarify"]);
    assert_eq!(events(&entries, "tool"), ["list_containers", "-", "-", "container_detail"]);
    assert_eq!(events(&entries, "category"), ["-", "restart", "-", "-"]);
    assert_eq!(events(&entries, "text")[1], "restart svc-1");
    let exits: Vec<_> = entries.iter().map(|e| e["event"]["exit"].as_u64().unwrap()).collect();
    assert_eq!(exits, [0, 4, 5, 6]);
    assert!(entries.iter().all(|e| e["principal"].as_str().unwrap().starts_with("local:")));

    let verified = program.json(&["audit", "verify"]);
    assert_eq!(
        (verified["data"]["records"].as_u64(), verified["data"]["intact"].as_bool()),
        (Some(4), Some(true))
    );
    assert_eq!(verified["data"]["head"], entries[3]["hash"]);
    let tail = program.json(&["audit", "tail", "--limit", "2"]);
    let shown = tail["data"]["entries"].as_array().unwrap();
    assert_eq!(shown.iter().map(|e| e["seq"].as_u64().unwrap()).collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn the_answer_to_a_refusal_names_its_record() {
    let program = Program::with_docker("unix:///nowhere/docker.sock");
    let ran = program.run(&["ask", "restart plex"]);
    assert!(ran.err.contains("recorded as audit #1"), "{}", ran.err);
}

#[test]
fn secrets_are_masked_before_they_are_written() {
    let program = Program::with_docker("unix:///nowhere/docker.sock");
    let own = "gsk-own-key-of-this-house";
    for text in [
        format!("does sonarr still use the token {TOKEN}?"),
        format!("set password=hunter2hunter2 for {TOKEN}"),
        format!("is {own} still valid?"),
        "why can't it reach https://admin:hunter2hunter2@nas.local/?".to_owned(),
    ] {
        let ran = program.command(&["ask", &text]).env("GROQ_API_KEY", own).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
        for secret in [TOKEN, "hunter2hunter2", own] {
            assert!(!said.contains(secret), "{text}: {said}");
        }
    }
    for arguments in [["logs", TOKEN], ["service", TOKEN], ["history", TOKEN]] {
        program.run(&arguments);
    }
    let (entries, text) = exported(&program);
    assert_eq!(entries.len(), 7);
    let tail = program.run(&["audit", "tail", "--json"]).out + &program.run(&["audit"]).out;
    let file = std::fs::read(program.data.path().join("data/steward.db")).unwrap();
    let wal = std::fs::read(program.data.path().join("data/steward.db-wal")).unwrap_or_default();
    for secret in [TOKEN, "hunter2hunter2", own] {
        assert!(!text.contains(secret) && !tail.contains(secret), "{secret}: {text} {tail}");
        for bytes in [&file, &wal] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret} is in the file");
        }
    }
}

#[test]
fn a_long_question_is_cut_and_says_so() {
    let program = Program::with_docker("unix:///nowhere/docker.sock");
    program.run_with_input(&["ask", "-"], "is plex up? ".repeat(50_000).as_bytes());
    let (entries, text) = exported(&program);
    assert_eq!(entries.len(), 1);
    assert!(text.len() < 10_000, "{} bytes", text.len());
}

/// Brings what stands in the write-ahead log into the file.
fn fold(file: &std::path::Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { SqliteStore::open(file).await.unwrap().close().await });
    assert!(!file.with_extension("db-wal").exists());
}

#[test]
fn a_broken_record_is_2_and_named() {
    let program = Program::with_docker("unix:///nowhere/docker.sock");
    for _ in 0..3 {
        program.run(&["about"]);
    }
    let file = program.data.path().join("data/steward.db");
    fold(&file);
    let mut bytes = std::fs::read(&file).unwrap();
    // A page is filled from its end: the first record stands last.
    let at = bytes.windows(6).rposition(|w| w == b"local:").unwrap();
    bytes[at] = b'L';
    std::fs::write(&file, bytes).unwrap();
    let ran = program.run(&["audit", "verify"]);
    assert_eq!(ran.code, 2, "{} {}", ran.out, ran.err);
    assert!(ran.out.starts_with("CRIT The audit log is broken: record 1 was changed"), "{}", ran.out);
    assert_eq!(program.json(&["audit", "verify"])["data"]["intact"], false);
}

#[test]
fn a_record_that_cannot_be_written_is_shown_in_the_answer() {
    let program = Program::with_docker("unix:///nowhere/docker.sock");
    std::fs::create_dir(program.data.path().join("data")).unwrap();
    std::fs::write(program.data.path().join("data/steward.db"), "no database at all\n".repeat(200)).unwrap();
    let ran = program.run(&["about"]);
    assert!(ran.out.contains("could not be recorded") && ran.out.contains("not a database"), "{}", ran.out);
    let answer = program.json(&["about"]);
    assert!(answer["data"]["audit_error"].as_str().unwrap().contains("steward.db"), "{answer:#}");
    assert_eq!(program.run(&["audit", "verify"]).code, 3);
    assert_eq!(program.run(&["audit", "export"]).code, 3);
}
