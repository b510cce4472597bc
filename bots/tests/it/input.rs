//! What is typed, piped and fed in: long, broken, empty.

use std::time::Duration;

use serde_json::{Value, json};

use crate::program::Program;

const BOUND: Duration = Duration::from_mins(1);
const MIB: usize = 1024 * 1024;

fn program() -> Program {
    Program::with_docker("unix:///nowhere/docker.sock")
}

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

#[test]
fn a_batch_answers_each_line_in_its_place() {
    let texts = ["is plex up?", "restart plex", "is radarr up?", "write me a poem"];
    let mut input = Vec::new();
    for text in texts {
        input.extend(format!("{}\n", json!({ "text": text, "note": "ignored" })).bytes());
        input.extend(b"not json\n");
    }
    let answers = lines(&program().run_with_input(&["explain", "--batch", "-"], &input).out);
    assert_eq!(answers.len(), texts.len() * 2);
    for (pair, text) in answers.chunks(2).zip(texts) {
        assert_eq!(pair[0]["text"], text);
        assert_eq!(pair[1]["error"]["code"], "bad_line");
    }
    let verdicts: Vec<_> = answers.iter().step_by(2).map(|a| a["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["answer", "refuse", "answer", "decline"]);
}

#[test]
fn bad_lines_of_a_batch_are_told_in_their_place() {
    let long = format!("{{\"text\": \"{}\"}}", "x".repeat(5 * MIB));
    let input = [
        &b""[..],
        b"   ",
        b"null",
        b"[]",
        b"{}",
        b"{\"text\": 5}",
        b"{\"text\": \"unfinished",
        b"\xff\xfe\x00",
        b"{\"text\": \"a\"} {\"text\": \"b\"}",
        long.as_bytes(),
        b"{\"text\": \"is plex up?\"}",
    ];
    let ran = program().run_with_input(&["explain", "--batch", "-"], &input.join(&b'\n'));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let answers = lines(&ran.out);
    assert_eq!(answers.len(), input.len());
    for (answer, line) in answers.iter().zip(&input).take(input.len() - 1) {
        let line = String::from_utf8_lossy(&line[..line.len().min(60)]);
        assert_eq!(answer["error"]["code"], "bad_line", "{line}");
    }
    assert_eq!(answers[input.len() - 1]["verdict"], "answer", "the last line needs no line break");
}

#[test]
fn texts_of_a_batch_may_be_anything_and_come_back() {
    let texts =
        ["", " ", "\0", "\u{1b}[31mrestart\u{1b}[0m plex", "\u{202e}xelp tratser", "日本語 🤖", "\n\n"];
    let mut input: Vec<u8> =
        texts.iter().flat_map(|t| format!("{}\n", json!({ "text": t })).into_bytes()).collect();
    // Bytes that are no text, inside a text.
    input.extend(b"{\"text\": \"is \xff plex up?\"}\n");
    let answers = lines(&program().run_with_input(&["explain", "--batch", "-"], &input).out);
    assert_eq!(answers.len(), texts.len() + 1);
    for answer in &answers {
        let verdict = answer["verdict"].as_str().unwrap();
        assert!(["answer", "refuse", "decline", "clarify"].contains(&verdict), "{answer}");
    }
    let empty = program().run_with_input(&["explain", "--batch", "-"], b"");
    assert_eq!((empty.code, empty.out.as_str()), (0, ""));
}

#[test]
fn a_line_of_a_mebibyte_is_read_in_bounded_time() {
    for unit in ["is plex up? ", "restart ", "x", "ü", "\u{200b}r\u{200b}"] {
        let text = unit.repeat(MIB / unit.len());
        let input = format!("{}\n", json!({ "text": text }));
        let ran = program().run_with_input(&["explain", "--batch", "-"], input.as_bytes());
        assert_eq!(ran.code, 0, "{unit:?}");
        assert!(ran.took < BOUND, "{unit:?} took {:?}", ran.took);
        assert!(lines(&ran.out)[0]["verdict"].is_string(), "{unit:?}");
    }
}

#[test]
fn a_batch_comes_from_a_file_too() {
    let program = program();
    let file = program.data.path().join("batch.jsonl");
    std::fs::write(&file, "{\"text\": \"restart plex\"}\n").unwrap();
    let ran = program.run(&["explain", "--batch", file.to_str().unwrap()]);
    assert_eq!(lines(&ran.out)[0]["category"], "restart");
}

#[test]
fn a_question_from_standard_input_may_be_long_and_broken() {
    let program = program();
    for (input, code) in [
        (b"restart plex\n".to_vec(), 4),
        ("restart plex. ".repeat(MIB / 14).into_bytes(), 4),
        (vec![b'x'; 2 * MIB], 5),
        (b"\xff\xfe restart plex \xff".to_vec(), 4),
    ] {
        let ran = program.run_with_input(&["ask", "-"], &input);
        let shown = String::from_utf8_lossy(&input[..input.len().min(30)]).into_owned();
        assert_eq!(ran.code, code, "{shown}: {} {}", ran.out, ran.err);
        assert!(ran.took < BOUND, "{shown}: {:?}", ran.took);
        assert!(ran.out.len() + ran.err.len() < 100_000, "{shown}");
    }
    for empty in [&b""[..], b" \n"] {
        let nothing = program.run_with_input(&["ask", "-"], empty);
        assert_eq!(nothing.code, 64, "{} {}", nothing.out, nothing.err);
        assert!(nothing.err.contains("there is no question"), "{}", nothing.err);
    }
}
