//! Hashed features of a tokenised message. Training and reading share this file, so they cannot disagree.

use super::grammar::{Hit, classes};
use super::token::{Kind, Tokens, hash};

/// Tokens beyond this add nothing.
const WIDEST: usize = 256;

fn mix(seed: u32, a: u32, b: u32) -> u32 {
    let mut state = (u64::from(seed) << 32 | u64::from(a)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    state ^= state >> 29;
    state = (state ^ u64::from(b)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (state ^ (state >> 32)) as u32
}

/// The feature of a word by itself; a model knows a word when it has this one.
pub(super) fn unigram(word: u32) -> u32 {
    mix(1, word, 0)
}

/// Fills `out` with the features of a message. `known` says which words (by their hashes) belong to the
/// vocabulary of the trade: those outside stand for each other.
pub(super) fn features(tokens: &Tokens, hits: &[Hit], known: &dyn Fn(u32) -> bool, out: &mut Vec<u32>) {
    out.clear();
    out.extend(hits.iter().map(|hit| mix(25, hit.rule, 0)));
    let list = tokens.list.get(..WIDEST.min(tokens.list.len())).unwrap_or(&[]);
    let edge = 0x5151_5151_u32;
    let (mut before, mut before2) = (edge, 0);
    let mut clause = true;
    let mut names = 0_u32;
    let mut question = false;
    let mut last_word = edge;
    let (mut words, mut strange) = (0_u32, 0_u32);
    let stranger = hash("<strange>");
    let mut before_masked = edge;
    for (index, token) in list.iter().enumerate() {
        let word = token.hash;
        let text = tokens.word(token);
        out.push(unigram(word));
        out.push(mix(2, before, word));
        if before2 != 0 {
            out.push(mix(3, before2, word));
            out.push(mix(4, mix(2, before2, before), word));
        }
        for class in classes(word) {
            let class = u32::from(*class);
            out.push(mix(21, class, u32::from(clause)));
            out.push(mix(22, before, class));
            for earlier in classes(before) {
                out.push(mix(23, u32::from(*earlier), class));
            }
        }
        for class in classes(before) {
            out.push(mix(24, u32::from(*class), word));
        }
        match token.kind {
            Kind::Punct => {
                question |= text == "?";
                clause = true;
            }
            kind => {
                if clause {
                    out.push(mix(5, word, 0));
                }
                clause = is_joint(text);
                names += u32::from(kind.names());
                last_word = word;
            }
        }
        let masked = if token.kind == Kind::Word {
            words += 1;
            if known(word) {
                word
            } else {
                strange += 1;
                stranger
            }
        } else {
            word
        };
        if masked == stranger || before_masked == stranger {
            out.push(mix(17, before_masked, masked));
        }
        before_masked = masked;
        match token.kind {
            Kind::Word | Kind::Place => grams(text, out),
            Kind::Shape | Kind::File | Kind::Path | Kind::Flag => {
                for part in text.split(['_', '-', '/', '.']).filter(|part| part.len() > 1) {
                    out.push(mix(6, hash(part), 0));
                }
            }
            _ => {}
        }
        if index == 0 {
            out.push(mix(7, word, 0));
        }
        before2 = before;
        before = word;
    }
    out.push(mix(2, before, edge));
    if before_masked == stranger {
        out.push(mix(17, before_masked, edge));
    }
    out.push(mix(18, strange.min(5), 0));
    out.push(mix(19, (strange * 5).checked_div(words).unwrap_or(0), 0));
    out.push(mix(20, strange.min(3), names.min(1)));
    out.push(mix(8, last_word, 0));
    out.push(mix(9, u32::from(question), 0));
    out.push(mix(10, names.min(3), 0));
    out.push(mix(11, (list.len() as u32).next_power_of_two(), 0));
    if let Some(first) = list.first() {
        out.push(mix(12, first.hash, u32::from(question)));
        out.push(mix(13, first.hash, last_word));
    }
}

/// Words after which a new clause begins.
fn is_joint(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "then"
            | "so"
            | "but"
            | "please"
            | "pls"
            | "just"
            | "y"
            | "e"
            | "et"
            | "und"
            | "en"
            | "dann"
            | "luego"
            | "puis"
            | "poi"
            | "depois"
            | "dan"
            | "bitte"
            | "porfa"
            | "also"
            | "or"
            | "hey"
            | "ok"
            | "okay"
    )
}

/// Character 3-grams and 4-grams within a word, with its edges.
fn grams(word: &str, out: &mut Vec<u32>) {
    let bytes = word.as_bytes();
    if bytes.len() < 3 || bytes.len() > 24 {
        return;
    }
    let at = |index: usize| -> u32 {
        if index == 0 {
            u32::from(b'^')
        } else {
            bytes.get(index - 1).map_or(u32::from(b'$'), |byte| u32::from(*byte))
        }
    };
    for start in 0..bytes.len() {
        let three = at(start) << 16 | at(start + 1) << 8 | at(start + 2);
        out.push(mix(14, three, 0));
        if start + 3 < bytes.len() + 2 {
            out.push(mix(15, three, at(start + 3)));
        }
    }
}
