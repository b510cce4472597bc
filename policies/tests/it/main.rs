//! The understanding of messages, measured on messages that it was not trained from.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests: a failure is a panic, the figures are printed"
)]

mod border;
mod cases;
mod disguises;
mod figures;
mod slots;

use std::sync::LazyLock;

use steward_core::ask::understand::Understander;

/// The understander as it is shipped.
pub static READER: LazyLock<Understander> =
    LazyLock::new(|| Understander::new(steward_policies::model(), &[]).expect("the built-in model loads"));

/// # Panics
/// Never: the time is a time.
pub fn now() -> jiff::Zoned {
    "2026-11-20T14:00:00[Europe/Lisbon]".parse().expect("a time")
}

#[test]
fn the_model_is_small_and_its_phrases_parse() {
    assert!(steward_policies::model().len() <= 1 << 20);
    assert!(steward_policies::builtin_phrases().unwrap().len() > 5000);
}

#[test]
fn reading_twice_gives_the_same() {
    for case in cases::held_out() {
        assert_eq!(READER.read(&case.text, &now()), READER.read(&case.text, &now()));
    }
}

#[test]
fn an_own_phrase_decides() {
    use steward_core::ask::understand::{Phrase, Tool};
    let own = Phrase::parse("[answer storage_pools en]\nhow are my babies\n").unwrap();
    let reader = Understander::new(steward_policies::model(), &own).unwrap();
    for text in ["how are my babies", "How are my babies?!", "how are my babis"] {
        assert_eq!(reader.read(text, &now()).tool, Some(Tool::StoragePools), "{text}");
    }
}

#[test]
fn a_message_of_a_mebibyte_is_read_in_bounded_time() {
    let mut text = "is plex up and running as it should be? ".repeat(26_000);
    let started = std::time::Instant::now();
    READER.read(&text, &now());
    text.push_str(" c3RvcCBncmFmYW5h ");
    text.push_str(&"is plex up? ".repeat(80));
    let reading = READER.read(&text, &now());
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    assert_eq!(reading.verdict.as_str(), "refuse", "{:?}", reading.because);
}
