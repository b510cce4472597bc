//! How answers look: at every width, with and without colour, and whatever a container wrote into them.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use steward::console::{Measure, render};
use steward_core::tell::{Block, Cell, Column, Document, Finding, Severity, Table};
use unicode_width::UnicodeWidthStr;

const ESC: char = '\u{1b}';

fn measure(width: usize, colour: bool) -> Measure {
    Measure { width, colour, drawing: colour }
}

fn finding(severity: Severity, subject: &str, text: &str) -> Finding {
    Finding { severity, subject: subject.into(), text: text.into() }
}

/// Every kind of block, with something long in each.
fn rich() -> Document {
    let row = |name: &str, state: &str, severity, percent: f64, image: &str| {
        vec![
            Cell::text(name),
            Cell::State(state.into(), severity),
            Cell::Bar(percent, if percent > 90.0 { Severity::Critical } else { Severity::Ok }),
            Cell::text(image),
        ]
    };
    let table = Table {
        columns: vec![
            Column::left("NAME", 0),
            Column::left("STATE", 0),
            Column::right("MEMORY", 1),
            Column::left("IMAGE", 2),
        ],
        rows: vec![
            row("jellyfin", "running", Severity::Ok, 12.4, "registry.local/jellyfin/jellyfin:10.9.11"),
            row("paperless-webserver-with-a-long-name", "unhealthy", Severity::Warning, 97.0, "paperless:2"),
            row("日本語のサービス", "exited 137", Severity::Critical, 0.0, "registry.local/nihongo:1"),
        ],
        more: 12,
    };
    let mut document = Document::new(
        Severity::Critical,
        "2 of 15 services have a problem: paperless is unhealthy, and db was killed for memory 4 min ago.",
    )
    .with(Block::Findings(vec![
        finding(
            Severity::Critical,
            "db",
            "killed for memory (limit 512 MiB) 4 min ago; restarted 3 times since yesterday",
        ),
        finding(Severity::Warning, "paperless", "unhealthy for 2 h: connection refused"),
        finding(Severity::Ok, "disk", "all file systems have room"),
    ]))
    .with(Block::Table(table))
    .text("Figures are those of the last reading; what could not be read is said, never guessed.")
    .with(Block::Evidence {
        source: "log of db".into(),
        lines: vec!["FATAL: out of memory".into(), "x".repeat(130)],
    })
    .with(Block::Next(vec!["logs db".into(), "why db".into(), "history db --since 24h".into()]));
    document.sources = vec!["docker 8 s".into(), "host 1 s".into()];
    document
}

#[test]
fn a_rich_answer_at_every_width() {
    for width in [40, 80, 120] {
        insta::assert_snapshot!(format!("rich_{width}_plain"), render(&rich(), &measure(width, false)));
        let colour = render(&rich(), &measure(width, true)).replace(ESC, "␛");
        insta::assert_snapshot!(format!("rich_{width}_colour"), colour);
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    for width in [40, 80, 120] {
        let plain = render(&rich(), &Measure { width, colour: false, drawing: true });
        let colour = render(&rich(), &Measure { width, colour: true, drawing: true });
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words(&without_colour(&colour)), words(&plain), "{width}");
    }
}

#[test]
fn the_verdict_is_the_first_word() {
    for (severity, word) in [
        (Severity::Ok, "OK "),
        (Severity::Warning, "WARN "),
        (Severity::Unknown, "UNKN "),
        (Severity::Critical, "CRIT "),
    ] {
        assert!(render(&Document::new(severity, "x"), &measure(80, false)).starts_with(word));
    }
    assert_eq!(render(&Document::plain("A word."), &measure(80, false)), "A word.\n");
}

#[test]
fn ten_thousand_rows_are_drawn_in_bounded_time() {
    let hostile = format!("{ESC}[2J\u{202e}{}\u{200b}", "wide 日本語 ".repeat(40));
    let row = || {
        vec![
            Cell::text(hostile.clone()),
            Cell::State("exited".into(), Severity::Critical),
            Cell::Bar(50.0, Severity::Ok),
        ]
    };
    let table = Table {
        columns: vec![Column::left("NAME", 0), Column::left("STATE", 1), Column::right("USED", 2)],
        rows: (0..10_000).map(|_| row()).collect(),
        more: 0,
    };
    let document = Document::new(Severity::Ok, "many").with(Block::Table(table));
    let began = Instant::now();
    let drawn = render(&document, &measure(80, true));
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    assert_eq!(drawn.lines().count(), 10_002);
    check(&drawn, 80);
}

/// Text without our own colour codes; anything else that begins with ESC stays and is found.
fn without_colour(text: &str) -> String {
    let mut out = text.to_owned();
    for code in ["0", "2", "32", "33", "35", "1;31"] {
        out = out.replace(&format!("{ESC}[{code}m"), "");
    }
    out
}

fn check(drawn: &str, width: usize) {
    let bare = without_colour(drawn);
    for line in bare.lines() {
        assert!(line.width() <= width, "{} columns of {width}: {line:?}", line.width());
    }
    let harmful = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
    };
    assert_eq!(bare.chars().find(|c| harmful(*c)), None, "{bare:?}");
}

/// What a hostile image, label or log line is made of.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z ]{1,12}",
        2 => any::<String>(),
        1 => Just(format!("{ESC}[31mred{ESC}[0m")),
        1 => Just(format!("{ESC}]8;;http://evil{ESC}\\link")),
        1 => Just("\u{9b}2J".to_owned()),
        1 => Just("\u{202e}txet\u{2066}".to_owned()),
        1 => Just("\u{200b}\u{feff}\u{ad}".to_owned()),
        1 => Just("\r\n\t\0\u{8}".to_owned()),
        1 => Just("日本語👩‍👩‍👧‍👦🇵🇹".to_owned()),
        1 => Just("e\u{301}\u{302}\u{303}\u{304}".repeat(8)),
        1 => Just("x".repeat(200)),
        1 => Just("CRIT WARN OK".to_owned()),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn severity() -> impl Strategy<Value = Severity> {
    prop_oneof![
        Just(Severity::Ok),
        Just(Severity::Warning),
        Just(Severity::Unknown),
        Just(Severity::Critical)
    ]
}

fn block() -> impl Strategy<Value = Block> {
    let findings = prop::collection::vec((severity(), hostile(), hostile()), 1..5).prop_map(|list| {
        Block::Findings(list.into_iter().map(|(s, subject, text)| finding(s, &subject, &text)).collect())
    });
    let cell = prop_oneof![
        hostile().prop_map(Cell::Text),
        (hostile(), severity()).prop_map(|(text, s)| Cell::State(text, s)),
        (prop_oneof![Just(f64::NAN), Just(f64::INFINITY), -5.0..250.0], severity())
            .prop_map(|(p, s)| Cell::Bar(p, s)),
    ];
    let rows = prop::collection::vec(prop::collection::vec(cell, 0..6), 1..6);
    let table = (rows, 0..9usize).prop_map(|(rows, more)| {
        let columns = vec![
            Column::left("NAME", 0),
            Column::left("STATE", 0),
            Column::right("CPU", 1),
            Column::right("MEMORY", 2),
            Column::left("IMAGE", 3),
        ];
        Block::Table(Table { columns, rows, more })
    });
    let evidence = (hostile(), prop::collection::vec(hostile(), 1..5))
        .prop_map(|(source, lines)| Block::Evidence { source, lines });
    prop_oneof![
        findings,
        table,
        evidence,
        hostile().prop_map(Block::Text),
        prop::collection::vec(hostile(), 1..5).prop_map(Block::Next),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn nothing_a_container_writes_leaves_its_line(
        title in hostile(),
        told in prop::option::of(severity()),
        blocks in prop::collection::vec(block(), 0..5),
        sources in prop::collection::vec(hostile(), 0..3),
        width in 40usize..=160,
        colour in any::<bool>(),
    ) {
        let mut document = Document { title, severity: told, sources, ..Document::default() };
        for block in blocks {
            document = document.with(block);
        }
        let began = Instant::now();
        let drawn = render(&document, &measure(width, colour));
        prop_assert!(began.elapsed() < Duration::from_secs(5));
        check(&drawn, width);
    }
}
