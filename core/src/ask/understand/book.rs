//! The user's own phrases: a message that is one of them, or very nearly, means what the phrase means.

use std::collections::HashMap;

use super::{Phrase, Verdict, clean};

#[derive(Debug, Default)]
pub(super) struct Book {
    phrases: Vec<(String, Phrase)>,
    exact: HashMap<String, usize>,
}

/// The words of a message, without accents, case and punctuation.
pub(super) fn normal(text: &str) -> String {
    let cleaned = clean::clean(text).text;
    let mut out = String::with_capacity(cleaned.len());
    for word in cleaned.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        word.chars().filter(|c| *c != '\'').for_each(|c| clean::fold_into(c, &mut out));
    }
    out
}

impl Book {
    pub(super) fn new(phrases: &[Phrase]) -> Self {
        let mut book = Self::default();
        for phrase in phrases {
            let key = normal(&phrase.text);
            if !key.is_empty() {
                book.exact.entry(key.clone()).or_insert(book.phrases.len());
                book.phrases.push((key, phrase.clone()));
            }
        }
        book
    }

    /// The phrase that a message is; near ones only when `near` allows it.
    pub(super) fn find(&self, text: &str, near: impl Fn(&Phrase) -> bool) -> Option<&Phrase> {
        if self.phrases.is_empty() || text.len() > 2000 {
            return None;
        }
        let key = normal(text);
        if let Some(index) = self.exact.get(&key) {
            return self.phrases.get(*index).map(|(_, phrase)| phrase);
        }
        if key.len() < 10 {
            return None;
        }
        let allowed = key.len() / 12 + 1;
        self.phrases
            .iter()
            .filter(|(other, phrase)| other.len().abs_diff(key.len()) <= allowed && near(phrase))
            .map(|(other, phrase)| (strsim::osa_distance(other, &key), phrase))
            .filter(|(distance, _)| *distance <= allowed)
            .min_by_key(|(distance, phrase)| (*distance, phrase.verdict != Verdict::Refuse))
            .map(|(_, phrase)| phrase)
    }
}
