//! Tab completion: commands, then the names of live services.

use std::sync::{Arc, Mutex, PoisonError};

use reedline::{Completer, CompletionResult, Span, Suggestion};
use steward_core::ask::{Operand, REGISTRY, spec};

/// Names change while the console runs; they are read anew after each answer.
pub(super) type Names = Arc<Mutex<Vec<String>>>;

const OFFERED: usize = 25;

pub(super) struct Complete(pub Names);

impl Completer for Complete {
    fn complete(&mut self, line: &str, pos: usize) -> CompletionResult {
        CompletionResult::Fresh { suggestions: self.suggestions(line, pos).into(), partial: None }
    }
}

impl Complete {
    fn suggestions(&self, line: &str, pos: usize) -> Vec<Suggestion> {
        let before = line.get(..pos).unwrap_or(line);
        let start = before.rfind(' ').map_or(0, |space| space + 1);
        let word = before[start..].to_lowercase();
        let span = Span { start, end: pos };
        let suggest = |value: String, description: Option<String>| Suggestion {
            value,
            description,
            span,
            append_whitespace: true,
            ..Suggestion::default()
        };
        if start == 0 {
            let fitting = REGISTRY.iter().filter(|s| s.name.starts_with(&word));
            return fitting.map(|s| suggest(s.name.to_owned(), Some(s.help.to_owned()))).collect();
        }
        let first = before.split(' ').next().unwrap_or_default();
        if let Some(Operand::OneOf(words)) = spec(first).map(|s| s.operand) {
            return words
                .iter()
                .filter(|w| w.starts_with(&word))
                .map(|w| suggest((*w).to_owned(), None))
                .collect();
        }
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut fitting: Vec<&String> =
            names.iter().filter(|n| n.to_lowercase().starts_with(&word)).collect();
        fitting.extend(
            names.iter().filter(|n| !n.to_lowercase().starts_with(&word) && n.to_lowercase().contains(&word)),
        );
        fitting.into_iter().take(OFFERED).map(|n| suggest(n.clone(), None)).collect()
    }
}
