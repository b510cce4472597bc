//! The gazetteer: names of self-hosted applications, so that what is said about one is known for all.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A known name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    /// The full name of a short one.
    pub full: Option<&'static str>,
    /// A machine or device, not an application.
    pub place: bool,
}

struct Gazetteer {
    names: HashMap<&'static str, Known>,
    /// Hashes of the first words of names of several words: which positions are worth a longer look.
    first: HashMap<&'static str, usize>,
}

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| {
    let mut names = HashMap::new();
    let lines = |file: &'static str| file.lines().filter(|line| !line.starts_with('#'));
    for entry in lines(include_str!("data/names.txt")).flat_map(|line| line.split(',')) {
        let (name, full) = match entry.split_once('>') {
            Some((name, full)) => (name.trim(), Some(full.trim())),
            None => (entry.trim(), None),
        };
        if !name.is_empty() {
            names.insert(name, Known { full, place: false });
        }
    }
    for name in lines(include_str!("data/places.txt")).map(str::trim).filter(|name| !name.is_empty()) {
        names.insert(name, Known { full: None, place: true });
    }
    let mut first = HashMap::new();
    for name in names.keys() {
        if let Some((word, rest)) = name.split_once(' ') {
            let words = rest.split(' ').count() + 1;
            let longest = first.entry(word).or_insert(words);
            *longest = words.max(*longest);
        }
    }
    Gazetteer { names, first }
});

/// The entry of a name in lower case.
pub(super) fn known(name: &str) -> Option<Known> {
    GAZETTEER.names.get(name).copied()
}

/// How many words the longest name has that begins with this word; 1 when none is longer.
pub(super) fn longest_from(word: &str) -> usize {
    GAZETTEER.first.get(word).copied().unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found() {
        assert_eq!(known("qbit").unwrap().full, Some("qbittorrent"));
        assert_eq!(known("plex").unwrap().full, None);
        assert!(known("nas").unwrap().place);
        assert_eq!(known("the"), None);
        assert_eq!(longest_from("home"), 2);
        assert_eq!(longest_from("immich"), 3);
        assert!(GAZETTEER.names.len() > 400);
    }
}
