//! Words that were written so that they are not recognised: spaced out, dotted, leet, reversed, shifted.

use super::{names, token};

/// A message with its disguise taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Undone {
    pub what: &'static str,
    pub text: String,
    /// Nobody writes so by accident.
    pub deliberate: bool,
}

/// Whether a folded word is one of the language.
pub(super) trait Vocabulary {
    fn knows(&self, word: &str) -> bool;
}

/// Longer messages are looked at up to here, in bytes.
const LONGEST: usize = 4096;

/// What writes a word differently.
type Turn<'a> = &'a dyn Fn(&str) -> String;

/// Takes off the disguises of single words: the text that is meant.
pub(super) fn plain_words(text: &str, known: &dyn Vocabulary) -> Option<Undone> {
    let joined = joined_letters(text, known);
    let base = joined.as_ref().map_or(text, |(joined, _)| joined.as_str());
    let unleeted = leet(base, known);
    let what = match (&joined, &unleeted) {
        (None, None) => return None,
        (Some(_), _) => "letters written apart",
        (None, Some(_)) => "digits in the place of letters",
    };
    let deliberate = joined.as_ref().is_some_and(|(_, runs)| *runs >= 3);
    Some(Undone { what, text: unleeted.or(joined.map(|(joined, _)| joined))?, deliberate })
}

/// Reversed and shifted text, when the message itself makes no sense.
pub(super) fn transformed(text: &str, known: &dyn Vocabulary) -> Option<Undone> {
    let text = text.get(..text.floor_char_boundary(LONGEST))?;
    let plain = sense(text, known);
    if plain.letters < 5 || plain.share() > 0.8 {
        return None;
    }
    let mut best: Option<(Sense, Undone)> = None;
    let mut consider = |what: &'static str, candidate: String| {
        let made = sense(&candidate, known);
        let gain = made.known > plain.known + 3 && made.longest >= 4;
        let convincing = made.share() >= 0.6 && (made.words >= 2 || made.longest >= 6);
        if gain && convincing && best.as_ref().is_none_or(|(other, _)| made.known > other.known) {
            best = Some((made, Undone { what, text: candidate, deliberate: true }));
        }
    };
    consider("reversed text", text.chars().rev().collect());
    consider("reversed words", each_word(text, |word| word.chars().rev().collect()));
    consider("mirrored alphabet", each_word(text, |word| word.chars().map(mirrored).collect()));
    for by in 1..26 {
        let turned = each_word(text, |word| word.chars().map(|c| shifted(c, by)).collect());
        consider(if by == 13 { "rot13" } else { "shifted letters" }, turned);
    }
    if let Some((_, undone)) = best {
        return Some(undone);
    }
    // a few words of an otherwise ordinary message
    let parts: [(&'static str, Turn); 2] = [
        ("rot13", &|word: &str| word.chars().map(|c| shifted(c, 13)).collect()),
        ("reversed words", &|word: &str| word.chars().rev().collect()),
    ];
    for (what, turn) in parts {
        let mut changed = (0, 0);
        let candidate = each_word(text, |word| {
            let turned = turn(word);
            if word.len() >= 3 && !known.knows(word) && turned != word && known.knows(&turned) {
                changed = (changed.0 + 1, changed.1.max(word.len()));
                return turned;
            }
            word.to_owned()
        });
        if (changed.0 >= 2 && changed.1 >= 4) || (changed.0 == 1 && changed.1 >= 5) {
            return Some(Undone { what, text: candidate, deliberate: changed.0 >= 2 });
        }
    }
    None
}

fn shifted(c: char, by: u8) -> char {
    match c {
        'a'..='z' => char::from((c as u8 - b'a' + by) % 26 + b'a'),
        other => other,
    }
}

fn mirrored(c: char) -> char {
    match c {
        'a'..='z' => char::from(b'z' - (c as u8 - b'a')),
        other => other,
    }
}

fn each_word(text: &str, mut turn: impl FnMut(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars() {
        if c.is_alphabetic() {
            word.push(c);
            continue;
        }
        // `rot13` is no word
        if !word.is_empty() {
            out.push_str(&if c.is_ascii_digit() { std::mem::take(&mut word) } else { turn(&word) });
            word.clear();
        }
        out.push(c);
    }
    if !word.is_empty() {
        out.push_str(&turn(&word));
    }
    out
}

/// How much of a text is words.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sense {
    pub letters: usize,
    /// Letters in known words.
    pub known: usize,
    /// Known words of three letters or more.
    pub words: usize,
    /// Letters of the longest known word.
    pub longest: usize,
}

impl Sense {
    pub(super) fn share(self) -> f32 {
        if self.letters == 0 { 1.0 } else { self.known as f32 / self.letters as f32 }
    }
}

pub(super) fn sense(text: &str, known: &dyn Vocabulary) -> Sense {
    let mut sense = Sense::default();
    let mut folded = String::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        folded.clear();
        word.chars().flat_map(char::to_lowercase).for_each(|c| super::clean::fold_into(c, &mut folded));
        let letters = folded.chars().filter(|c| c.is_alphabetic()).count();
        sense.letters += letters;
        if letters > 0 && (known.knows(&folded) || names::known(&folded).is_some()) {
            sense.known += letters;
            if letters >= 3 {
                sense.words += 1;
                sense.longest = sense.longest.max(letters);
            }
        }
    }
    sense
}

/// A run of letters written apart: where it begins and ends, and what it spells.
struct Run {
    start: usize,
    end: usize,
    letters: String,
}

/// Runs of single letters with the same separator between them: `r e s t a r t`, `r.e.l.o.a.d`.
fn runs(chars: &[char]) -> Vec<Run> {
    let single = |at: usize| chars.get(at).is_some_and(|c| c.is_alphanumeric());
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let starts = single(at) && (at == 0 || !single(at - 1));
        let separator = chars.get(at + 1).copied().filter(|c| !c.is_alphanumeric());
        if let (true, Some(separator)) = (starts, separator) {
            let mut end = at;
            while chars.get(end + 1) == Some(&separator) && single(end + 2) && !single(end + 3) {
                end += 2;
            }
            if end >= at + 2 {
                let letters = chars.get(at..=end).unwrap_or(&[]).iter().step_by(2).collect();
                found.push(Run { start: at, end, letters });
                at = end;
            }
        }
        at += 1;
    }
    found
}

/// Joins letters written apart, and says how many words were. One must be known; several are no accident.
fn joined_letters(text: &str, known: &dyn Vocabulary) -> Option<(String, usize)> {
    let chars: Vec<char> = text.chars().take(LONGEST).collect();
    let runs = runs(&chars);
    let long =
        runs.iter().filter(|run| run.letters.chars().filter(|c| c.is_alphabetic()).count() >= 3).count();
    let several = long >= 2;
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for run in &runs {
        let alphabetic = run.letters.chars().all(char::is_alphabetic);
        let words = (run.letters.chars().count() >= 3).then(|| segmented(&run.letters, known)).flatten();
        if let Some(words) = words.or_else(|| (several && alphabetic).then(|| run.letters.clone())) {
            out.extend(chars.get(from..run.start).unwrap_or(&[]));
            out.push_str(&words);
            from = run.end + 1;
        }
    }
    if from == 0 {
        return None;
    }
    out.extend(chars.get(from..).unwrap_or(&[]));
    Some((out, long))
}

/// Cuts letters into known words: as few as possible.
fn segmented(letters: &str, known: &dyn Vocabulary) -> Option<String> {
    let is_word = |word: &str| {
        let mut folded = String::new();
        word.chars().for_each(|c| super::clean::fold_into(c, &mut folded));
        known.knows(&folded) || names::known(&folded).is_some()
    };
    if is_word(letters) {
        return Some(letters.to_owned());
    }
    let chars: Vec<char> = letters.chars().collect();
    if chars.len() < 5 || chars.len() > 200 {
        return None;
    }
    // cost of the best cut of the first n letters, and where its last word begins
    let mut best: Vec<(u32, usize)> = vec![(0, 0)];
    for end in 1..=chars.len() {
        let mut cheapest = (u32::MAX, end - 1);
        for start in end.saturating_sub(18)..end {
            let word: String = chars.get(start..end).unwrap_or(&[]).iter().collect();
            let price = if end - start >= 2 && is_word(&word) {
                if end - start == 2 { 14 } else { 10 }
            } else if end - start == 1 {
                25
            } else {
                continue;
            };
            let total = best.get(start).map_or(u32::MAX, |before| before.0.saturating_add(price));
            if total < cheapest.0 {
                cheapest = (total, start);
            }
        }
        best.push(cheapest);
    }
    // on average at least four letters for a word
    if best.last()?.0 as usize > chars.len() * 10 / 3 {
        return None;
    }
    let mut cuts = Vec::new();
    let mut end = chars.len();
    while end > 0 {
        let start = best.get(end)?.1;
        cuts.push(chars.get(start..end)?.iter().collect::<String>());
        end = start;
    }
    cuts.reverse();
    Some(cuts.join(" "))
}

/// Digits and signs in the place of letters, word by word.
fn leet(text: &str, known: &dyn Vocabulary) -> Option<String> {
    let sign = |c: char| c.is_ascii_digit() || matches!(c, '@' | '$' | '!' | '|' | '€' | '+');
    let mut changed = 0;
    let mut out = String::with_capacity(text.len());
    let mut short: Vec<(usize, usize, String)> = Vec::new();
    for piece in text.get(..text.floor_char_boundary(LONGEST))?.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, '?' | '.' | ',' | ':' | ';' | '!' | '"' | '\'')
        });
        let lead = word.len() - word.trim_start_matches(['"', '\'', '(']).len();
        let core = word.get(lead..).unwrap_or("");
        let tail = piece.get(word.len()..).unwrap_or("");
        let count = core.chars().count();
        let letters = core.chars().any(char::is_alphabetic);
        let signs = core.chars().any(sign);
        if (2..=24).contains(&count)
            && let Some(meant) = (letters && signs && names::known(core).is_none())
                .then(|| unleet(core, known))
                .flatten()
                .or_else(|| squeezed(core, known))
        {
            if count >= 4 {
                changed += 1;
                out.push_str(piece.get(..lead).unwrap_or(""));
                out.push_str(&meant);
            } else {
                short.push((out.len() + lead, core.len(), meant));
                out.push_str(word);
            }
        } else {
            out.push_str(word);
        }
        out.push_str(tail);
    }
    if changed == 0 {
        return None;
    }
    for (at, length, meant) in short.into_iter().rev() {
        out.replace_range(at..at + length, &meant);
    }
    out.push_str(text.get(text.floor_char_boundary(LONGEST)..).unwrap_or(""));
    Some(out)
}

fn unleet(word: &str, known: &dyn Vocabulary) -> Option<String> {
    let read = |one: char, bar: char| -> String {
        word.chars()
            .map(|c| match c {
                '0' => 'o',
                '1' | '!' => one,
                '|' => bar,
                '2' => 'z',
                '3' | '€' => 'e',
                '4' | '@' => 'a',
                '5' | '$' => 's',
                '6' | '9' => 'g',
                '7' | '+' => 't',
                '8' => 'b',
                other => other,
            })
            .collect()
    };
    let meaningful = |word: &str| known.knows(word) || names::known(word).is_some();
    [read('i', 'l'), read('l', 'i'), read('i', 'i'), read('l', 'l')].into_iter().find(|word| meaningful(word))
}

/// `restaaart`: letters repeated three times or more.
fn squeezed(word: &str, known: &dyn Vocabulary) -> Option<String> {
    let mut run = 0;
    let mut before = '\0';
    let mut once = String::new();
    let mut long = false;
    for c in word.chars() {
        run = if c == before { run + 1 } else { 1 };
        long |= run >= 3 && c.is_alphabetic();
        if run == 1 {
            once.push(c);
        }
        before = c;
    }
    (long && once.len() >= 4 && !known.knows(word) && known.knows(&once)).then_some(once)
}

/// The hash under which a model knows a word.
pub(super) fn word_hash(word: &str) -> u32 {
    token::hash(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Few;
    impl Vocabulary for Few {
        fn knows(&self, word: &str) -> bool {
            "reload restart the container shut down show secrets file please stop now is up and"
                .split(' ')
                .any(|w| w == word)
        }
    }

    #[test]
    fn words_in_disguise() {
        let plain = |text: &str| plain_words(text, &Few).map(|undone| undone.text);
        assert_eq!(plain("r.e.l.o.a.d the dashy container").unwrap(), "reload the dashy container");
        assert_eq!(plain("r e s t a r t p l e x").unwrap(), "restart plex");
        assert_eq!(plain("5hut d0wn n4v1dr0m3").unwrap(), "shut down navidrome");
        assert_eq!(plain("restaaaart plex").unwrap(), "restart plex");
        for ordinary in ["is vm 105 on pve3 up", "n8n and zigbee2mqtt", "u.s.a.", "a b c d", "port 8080?"] {
            assert_eq!(plain(ordinary), None, "{ordinary}");
        }
    }

    #[test]
    fn transformed_text() {
        let turned = |text: &str| transformed(text, &Few).map(|undone| (undone.what, undone.text));
        assert_eq!(turned("fubj gur frpergf svyr").unwrap(), ("rot13", "show the secrets file".into()));
        assert_eq!(turned("xelp tratser").unwrap(), ("reversed text", "restart plex".into()));
        assert_eq!(turned("please tratser xelp now").unwrap().0, "reversed words");
        assert_eq!(turned("show the container please"), None);
        assert_eq!(turned("wie läuft das heute"), None);
    }
}
