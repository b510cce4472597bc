//! The border between a question and a request, as rules over tokens. The rules are data (`data/rules.txt`);
//! here is what reads and applies them.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::token::{Kind, Token, Tokens, hash};
use super::{Category, Tool};

/// What a rule speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    Refuse(Category),
    /// A question, whatever its tool.
    Ask,
    Answer(Tool),
    Decline,
}

/// A rule that matched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub says: Says,
    /// Log odds.
    pub weight: f32,
    /// Tokens from and to (inclusive).
    pub from: usize,
    pub to: usize,
    pub why: &'static str,
    /// The rule as written, and its hash.
    pub line: &'static str,
    pub rule: u32,
}

#[derive(Debug)]
enum Element {
    /// The beginning of a clause.
    Begin,
    /// The beginning of the message.
    First,
    /// The end of a clause.
    End,
    Words {
        hashes: Vec<u32>,
        stems: Vec<&'static str>,
        optional: bool,
    },
    Name,
    Any,
    /// Up to this many tokens of the same sentence.
    Gap(usize),
    /// Any number of tokens, over sentences.
    Far,
}

#[derive(Debug)]
struct Rule {
    says: Says,
    weight: f32,
    why: &'static str,
    line: &'static str,
    /// Of the pattern: the weight may change without a new training.
    hash: u32,
    elements: Vec<Element>,
}

struct Rules {
    all: Vec<Rule>,
    /// Rules by the hash of a word that they need; rules that need none.
    by_word: HashMap<u32, Vec<usize>>,
    always: Vec<usize>,
    /// The sets that a word is in, by its hash.
    classes: HashMap<u32, Vec<u8>>,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let mut rules =
        Rules { all: Vec::new(), by_word: HashMap::new(), always: Vec::new(), classes: HashMap::new() };
    let mut sets: HashMap<&'static str, &'static str> = HashMap::new();
    let mut why = "";
    for line in include_str!("data/rules.txt").lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("## ") {
            why = text;
        } else if let Some((name, words)) = line.strip_prefix('@').and_then(|set| set.split_once('=')) {
            let class = sets.len() as u8;
            for word in words.split_whitespace() {
                let of = rules.classes.entry(hash(word)).or_default();
                if !of.contains(&class) {
                    of.push(class);
                }
            }
            sets.insert(name.trim(), words.trim());
        } else if let Some(rule) = parse(line, why, &sets) {
            rules.add(rule);
        }
    }
    rules
});

fn parse(line: &'static str, why: &'static str, sets: &HashMap<&'static str, &'static str>) -> Option<Rule> {
    let (head, pattern) = line.split_once(" : ")?;
    let mut head = head.split_whitespace();
    let says = match (head.next()?, head.next()?) {
        ("refuse", category) => Says::Refuse(Category::from_word(category)?),
        ("answer", tool) => Says::Answer(Tool::from_word(tool)?),
        ("ask", _) => Says::Ask,
        ("decline", _) => Says::Decline,
        _ => return None,
    };
    let weight = head.next()?.parse().ok()?;
    let elements = pattern
        .split_whitespace()
        .map(|word| match word {
            "^" => Element::Begin,
            "^^" => Element::First,
            "$" => Element::End,
            "<name>" => Element::Name,
            "<any>" => Element::Any,
            ".." => Element::Gap(4),
            "...." => Element::Gap(12),
            "~" => Element::Far,
            words => {
                let (words, optional) =
                    words.strip_suffix('?').filter(|w| !w.is_empty()).map_or((words, false), |w| (w, true));
                let (mut hashes, mut stems) = (Vec::new(), Vec::new());
                let expanded = words.split('|').flat_map(|word| match word.strip_prefix('@') {
                    Some(set) => sets.get(set).copied().unwrap_or("").split_whitespace().collect::<Vec<_>>(),
                    None => vec![word],
                });
                for word in expanded {
                    match word.strip_suffix('*') {
                        Some(stem) => stems.push(stem),
                        None => hashes.push(hash(word)),
                    }
                }
                hashes.sort_unstable();
                Element::Words { hashes, stems, optional }
            }
        })
        .collect();
    Some(Rule { says, weight, why, line, hash: hash(pattern), elements })
}

/// Words of so many messages that a rule is not looked up by them.
const COMMON: &[&str] = &[
    "is", "are", "the", "it", "my", "a", "to", "of", "and", "you", "i", "if", "in", "on", "not", "all",
    "what", "how", "did", "do", "can", "any", "up", "de", "la", "el", "le", "que", "en", "o", "e", "y",
    "die", "der", "das", "den", "het", "me", "was", "for", "?", ",", ".", ":", "has", "have", "show", "that",
    "this", "will", "with", "please", "si", "se", "il", "als", "down", "does", "be", "from", "at", "restart",
    "off", "now", "es", "un", "een", "est",
];

impl Rules {
    fn add(&mut self, rule: Rule) {
        let index = self.all.len();
        // the rarest thing to ask for: the fewest words, common ones counted as many
        let price = |hashes: &Vec<u32>| -> usize {
            hashes
                .iter()
                .map(|word| if COMMON.iter().any(|common| hash(common) == *word) { 200 } else { 1 })
                .sum()
        };
        let needed = rule
            .elements
            .iter()
            .filter_map(|element| match element {
                Element::Words { hashes, stems, optional: false } if stems.is_empty() => Some(hashes),
                _ => None,
            })
            .min_by_key(|hashes| price(hashes));
        match needed {
            Some(hashes) => hashes.iter().for_each(|hash| self.by_word.entry(*hash).or_default().push(index)),
            None => self.always.push(index),
        }
        self.all.push(rule);
    }
}

/// The sets of words that a word belongs to, by number.
pub(super) fn classes(word: u32) -> &'static [u8] {
    RULES.classes.get(&word).map_or(&[], Vec::as_slice)
}

/// Whether a word says that something is done to a thing: the first eight sets, and the verbs of networks.
pub(super) fn acts(word: u32) -> bool {
    classes(word).iter().any(|class| *class < 8 || *class == 9)
}

/// The rules that match, each once.
pub(super) fn hits(tokens: &Tokens) -> Vec<Hit> {
    let rules = &*RULES;
    let mut tried: Vec<usize> = rules.always.clone();
    for token in tokens.list.iter().take(400) {
        tried.extend(rules.by_word.get(&token.hash).into_iter().flatten());
        if token.kind.is_masked() {
            tried.extend(rules.by_word.get(&hash(tokens.word(token))).into_iter().flatten());
        }
    }
    tried.sort_unstable();
    tried.dedup();
    let mut hits = Vec::new();
    for rule in tried.iter().filter_map(|index| rules.all.get(*index)) {
        let span = (0..tokens.list.len().min(400)).find_map(|from| {
            let mut fuel = 2000;
            matches(&rule.elements, tokens, from, &mut fuel).map(|end| (from, end))
        });
        if let Some((from, end)) = span {
            let to = end.saturating_sub(1).max(from);
            hits.push(Hit {
                says: rule.says,
                weight: rule.weight,
                from,
                to,
                why: rule.why,
                line: rule.line,
                rule: rule.hash,
            });
        }
    }
    hits
}

/// Whether the elements match from a token on; the token after the match.
fn matches(elements: &[Element], tokens: &Tokens, at: usize, fuel: &mut u32) -> Option<usize> {
    *fuel = fuel.checked_sub(1)?;
    let Some((element, rest)) = elements.split_first() else { return Some(at) };
    let token = tokens.list.get(at);
    match element {
        Element::First => (at == 0).then(|| matches(rest, tokens, at, fuel)).flatten(),
        Element::Begin => begins(tokens, at).then(|| matches(rest, tokens, at, fuel)).flatten(),
        Element::End => {
            let ends = token.is_none_or(|token| token.kind == Kind::Punct && is_stop(tokens.word(token)));
            ends.then(|| matches(rest, tokens, at, fuel)).flatten()
        }
        Element::Words { hashes, stems, optional } => {
            let fits = token.is_some_and(|token| {
                hashes.binary_search(&token.hash).is_ok()
                    || (!stems.is_empty() && stems.iter().any(|stem| tokens.word(token).starts_with(stem)))
                    || (token.kind.is_masked() && hashes.binary_search(&hash(tokens.word(token))).is_ok())
            });
            if fits && let Some(end) = matches(rest, tokens, at + 1, fuel) {
                return Some(end);
            }
            optional.then(|| matches(rest, tokens, at, fuel)).flatten()
        }
        Element::Name => token
            .is_some_and(|token| token.kind.names())
            .then(|| matches(rest, tokens, at + 1, fuel))
            .flatten(),
        Element::Any => token
            .is_some_and(|token| token.kind != Kind::Punct)
            .then(|| matches(rest, tokens, at + 1, fuel))
            .flatten(),
        Element::Gap(most) => {
            for next in at..=at + most {
                if let Some(end) = matches(rest, tokens, next, fuel) {
                    return Some(end);
                }
                let within = tokens.list.get(next).is_some_and(|token| !is_sentence_end(tokens, token));
                if !within {
                    return None;
                }
            }
            None
        }
        Element::Far => (at..=tokens.list.len()).find_map(|next| matches(rest, tokens, next, fuel)),
    }
}

fn is_stop(word: &str) -> bool {
    matches!(word, "?" | "!" | "." | "," | ";" | ":" | "\n")
}

fn is_sentence_end(tokens: &Tokens, token: &Token) -> bool {
    token.kind == Kind::Punct && matches!(tokens.word(token), "?" | "!" | "." | ";" | "\n")
}

/// Words that may stand before the first word of a clause.
const LEADS: &[&str] = &[
    "please", "pls", "plz", "hey", "hi", "hello", "ok", "okay", "so", "and", "then", "just", "now", "also",
    "but", "bot", "quick", "kindly", "go", "yo", "well", "right", "alright", "bitte", "mal", "und", "dann",
    "porfa", "y", "luego", "entonces", "e", "depois", "entao", "et", "puis", "alors", "poi", "allora", "en",
    "dan", "even", "aub", "steward", "simply", "jetzt", "oye", "che", "dude", "mate", "man", "actually",
    "maybe", "perhaps", "good", "morning", "evening", "yes", "yeah", "no", "sorry", "first", "ahora",
    "agora", "hola", "ola", "oi", "salut", "ciao", "hallo", "hoi", "moin", "again", "once",
];

/// Whether a clause begins at this token.
pub(super) fn begins(tokens: &Tokens, at: usize) -> bool {
    let mut at = at;
    loop {
        let Some(before) = at.checked_sub(1) else { return true };
        let Some(token) = tokens.list.get(before) else { return false };
        let word = tokens.word(token);
        if token.kind == Kind::Punct {
            return true;
        }
        if !LEADS.contains(&word) {
            return false;
        }
        at = before;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_rules_is_understood() {
        let lines = include_str!("data/rules.txt").lines().map(str::trim);
        let rules = lines.filter(|line| !line.is_empty() && !line.starts_with(['#', '@'])).count();
        assert_eq!(RULES.all.len(), rules);
        assert!(rules > 0);
    }
}
