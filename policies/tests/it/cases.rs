//! Labelled messages: the held-out phrases of this repository and the shared development set.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use steward_core::ask::understand::{Action, Category, Phrase, Tool, Verdict};

#[derive(Debug, Clone)]
pub struct Case {
    pub text: String,
    pub language: String,
    pub verdict: Verdict,
    pub tool: Option<Tool>,
    pub also: Vec<Tool>,
    pub category: Option<Category>,
    /// The category that would be right as well.
    pub or: Option<Category>,
    pub action: Option<Action>,
    pub target: Option<String>,
    pub slots: serde_json::Map<String, serde_json::Value>,
    /// A question with words of action in it.
    pub hard: bool,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The words of a message, to see whether two are the same.
fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

static TRAINED: LazyLock<HashSet<String>> = LazyLock::new(|| {
    steward_policies::builtin_phrases().unwrap().iter().map(|phrase| words(&phrase.text)).collect()
});

/// Every file of `heldout/`. A line may end with `|| also: tool,tool`. Short messages that the writers of the training
/// phrases thought of as well ("all good?") say nothing about unseen ones: they are left out.
pub fn held_out() -> Vec<Case> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder("heldout")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "phrases"))
        .flat_map(|path| read(path))
        .filter(|case| !TRAINED.contains(&words(&case.text)))
        .collect()
}

/// Nothing of the development set is trained from.
#[test]
fn the_development_set_is_not_trained_from() {
    let trained: Vec<String> = devset()
        .into_iter()
        .flatten()
        .map(|case| case.text)
        .filter(|text| TRAINED.contains(&words(text)))
        .collect();
    assert!(trained.is_empty(), "{trained:?}");
}

fn read(path: &Path) -> Vec<Case> {
    let file = std::fs::read_to_string(path).unwrap();
    let mut plain = String::new();
    let mut also = Vec::new();
    for line in file.lines().map(str::trim) {
        let (text, rest) = line.split_once("||").unwrap_or((line, ""));
        plain.push_str(text.trim());
        plain.push('\n');
        if !text.is_empty() && !text.starts_with(['[', '#']) {
            let tools = rest.trim().trim_start_matches("also:").split(',');
            also.push(tools.filter_map(|tool| Tool::from_word(tool.trim())).collect::<Vec<_>>());
        }
    }
    let phrases = Phrase::parse(&plain).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(phrases.len(), also.len());
    phrases
        .into_iter()
        .zip(also)
        .map(|(phrase, also)| Case {
            hard: phrase.verdict == Verdict::Answer && has_action_word(&phrase.text),
            text: phrase.text,
            language: phrase.language.to_string(),
            verdict: phrase.verdict,
            tool: phrase.tool,
            also,
            category: phrase.category,
            or: None,
            action: phrase.action,
            target: None,
            slots: serde_json::Map::new(),
        })
        .collect()
}

/// The shared development set, when `STEWARD_SHARED` names the directory that has it.
pub fn devset() -> Option<Vec<Case>> {
    let Some(shared) = std::env::var_os("STEWARD_SHARED") else {
        println!("STEWARD_SHARED is not set: the development set was not tried");
        return None;
    };
    let mut cases = Vec::new();
    for name in ["monitoring.jsonl", "forbidden.jsonl"] {
        let path = Path::new(&shared).join("devset").join(name);
        let file =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for line in file.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let word = |key: &str| value[key].as_str().unwrap_or("").to_owned();
            let note = word("note");
            let or = note
                .split("alt=")
                .nth(1)
                .and_then(|rest| rest.split([';', ',', ' ']).next())
                .and_then(Category::from_word);
            cases.push(Case {
                text: word("text"),
                language: word("lang"),
                verdict: Verdict::from_word(&word("verdict")).unwrap(),
                tool: Tool::from_word(&word("tool")),
                also: value["also_ok"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|tool| Tool::from_word(tool.as_str()?))
                    .collect(),
                category: Category::from_word(&word("category")),
                or,
                action: Action::from_word(&word("action")),
                target: value["target"].as_str().map(str::to_owned),
                slots: value["slots"].as_object().cloned().unwrap_or_default(),
                hard: note.contains("hard-negative"),
            });
        }
    }
    Some(cases)
}

/// English words of action, in any form.
fn has_action_word(text: &str) -> bool {
    const STEMS: &[&str] = &[
        "restart",
        "reboot",
        "stop",
        "start",
        "kill",
        "delet",
        "remov",
        "prun",
        "wip",
        "clean",
        "updat",
        "upgrad",
        "install",
        "restor",
        "roll",
        "snapshot",
        "paus",
        "shut",
        "turn",
        "mov",
        "renam",
        "block",
        "approv",
        "reset",
        "disabl",
        "enabl",
        "run a",
        "neu",
        "gestoppt",
        "reinici",
        "relanc",
        "riavvi",
        "herstart",
        "borr",
        "apag",
        "detuv",
        "supprim",
        "gelösch",
        "aktualisi",
    ];
    let lower = text.to_lowercase();
    STEMS.iter().any(|stem| lower.contains(stem))
}
