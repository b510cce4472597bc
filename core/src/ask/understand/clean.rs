//! A message as it is read: compatibility forms folded, invisible characters taken out, imitated letters
//! replaced, lower case. What was found on the way is kept as [`Signs`].

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use super::lookalike;

/// Ways of hiding that were seen in the characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// Invisible characters between letters.
    pub invisible: u32,
    /// Bidirectional overrides and embeddings.
    pub bidi: u32,
    /// Letters of another script in the place of Latin ones.
    pub imitated: u32,
    /// Mathematical, full-width, circled and similar forms of plain letters.
    pub styled: u32,
    pub small_capitals: u32,
    pub turned: u32,
    /// Combining marks beyond one for a letter.
    pub stacked: u32,
}

impl Signs {
    /// Whether somebody went to lengths to hide what the message says.
    pub(super) fn disguised(self) -> Option<&'static str> {
        if self.turned >= 3 {
            Some("upside-down letters")
        } else if self.small_capitals >= 3 {
            Some("small capitals")
        } else if self.imitated >= 1 {
            Some("letters of another alphabet that look like Latin ones")
        } else if self.stacked >= 4 {
            Some("stacked marks on letters")
        } else if self.styled >= 4 {
            Some("styled letters")
        } else if self.bidi >= 1 {
            Some("text-direction overrides")
        } else if self.invisible >= 1 {
            Some("invisible characters between letters")
        } else {
            None
        }
    }
}

/// A cleaned message.
#[derive(Debug, Clone, Default)]
pub(super) struct Clean {
    pub text: String,
    pub signs: Signs,
    /// Text carried by tag characters or variation selectors.
    pub hidden: String,
}

/// Characters that take no room: joiners, direction marks, fillers.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'
        | '\u{e0000}'..='\u{e007f}')
}

/// The byte that a variation selector can carry.
fn selector_byte(c: char) -> Option<u8> {
    match c as u32 {
        code @ 0xFE00..=0xFE0F => u8::try_from(code - 0xFE00).ok(),
        code @ 0xE0100..=0xE01EF => u8::try_from(code - 0xE0100 + 16).ok(),
        _ => None,
    }
}

/// At most this much hidden text is kept, in bytes.
const HIDDEN: usize = 4096;

pub(super) fn clean(text: &str) -> Clean {
    if text.is_ascii() {
        let mut lower = text.to_ascii_lowercase();
        if lower.bytes().any(|byte| byte.is_ascii_control()) {
            lower = without_control(&lower);
        }
        return Clean { text: lower, ..Clean::default() };
    }
    let mut out = Clean::default();
    let visible = take_invisible(text, &mut out);
    let turned =
        visible.chars().filter(|c| lookalike::turned(*c).is_some() && !matches!(c, '¿' | '¡' | 'ı' | 'ſ'));
    out.signs.turned = turned.count() as u32;
    let upright = if out.signs.turned >= 3 {
        let letter = |c: char| lookalike::turned(c).unwrap_or_else(|| lookalike::turned_plain(c));
        visible.chars().rev().map(letter).collect()
    } else {
        out.signs.turned = 0;
        visible
    };
    let plain = restyle(&upright, &mut out.signs);
    out.text = latin(&plain, &mut out.signs);
    out
}

fn without_control(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

/// Takes out what cannot be seen, and reads what it carries.
fn take_invisible(text: &str, out: &mut Clean) -> String {
    let mut visible = String::with_capacity(text.len());
    let mut selectors: Vec<u8> = Vec::new();
    let mut flag = false;
    let mut pending = 0_u32;
    for c in text.chars() {
        if !is_invisible(c) {
            if pending > 0
                && c.is_alphanumeric()
                && visible.chars().next_back().is_some_and(char::is_alphanumeric)
            {
                out.signs.invisible += pending;
            }
            pending = 0;
            flag = c == '\u{1f3f4}';
            visible.push(if c.is_control() && c != '\n' { ' ' } else { c });
            continue;
        }
        pending += 1;
        match c as u32 {
            code @ 0xE0020..=0xE007E if !flag && out.hidden.len() < HIDDEN => {
                out.hidden.extend(char::from_u32(code - 0xE0000));
            }
            0x202A..=0x202E | 0x2066..=0x2069 => out.signs.bidi += 1,
            0x2028 | 0x2029 => visible.push('\n'),
            _ => {
                if let Some(byte) = selector_byte(c)
                    && selectors.len() < HIDDEN
                {
                    selectors.push(byte);
                }
            }
        }
    }
    if selectors.len() >= 4
        && let Ok(carried) = String::from_utf8(selectors)
        && carried.chars().filter(char::is_ascii_alphabetic).count() * 2 > carried.chars().count()
    {
        out.hidden.push_str(&carried);
    }
    visible
}

/// Compatibility forms, small capitals and boxed letters become plain letters; marks beyond one go.
fn restyle(text: &str, signs: &mut Signs) -> String {
    let boxes = text.chars().filter(|c| lookalike::boxed(*c).is_some()).count();
    let mapped = text.chars().map(|c| match lookalike::small_capital(c) {
        Some(plain) => (plain, 1),
        None if boxes >= 4 => lookalike::boxed(c).map_or((c, 0), |plain| (plain, 2)),
        None => (c, 0),
    });
    let mut first = String::with_capacity(text.len());
    for (c, kind) in mapped {
        match kind {
            1 => signs.small_capitals += 1,
            2 => signs.styled += 1,
            _ => {
                let styled = !c.is_ascii() && {
                    let mut folded = std::iter::once(c).nfkc();
                    let one = folded.next();
                    folded.next().is_none() && one.is_some_and(|one| one.is_ascii_alphanumeric())
                };
                signs.styled += u32::from(styled && !matches!(c, 'ª' | 'º' | '²' | '³' | '¹'));
            }
        }
        first.push(c);
    }
    let mut out = String::with_capacity(first.len());
    let mut marks = 0;
    for c in first.nfkc().flat_map(char::to_lowercase) {
        if is_combining_mark(c) {
            marks += 1;
            signs.stacked += 1;
            if marks > 1 || out.is_empty() {
                continue;
            }
            // a mark that did not compose: nothing in the seven languages needs one
            continue;
        }
        marks = 0;
        out.push(match c {
            '‘' | '’' | '´' | 'ʼ' => '\'',
            '“' | '”' | '„' | '«' | '»' => '"',
            '–' | '—' | '‐' | '‑' | '−' => '-',
            '…' => '.',
            other => other,
        });
    }
    out
}

/// Replaces imitated letters word by word; words of another language stay.
fn latin(text: &str, signs: &mut Signs) -> String {
    if !text.chars().any(|c| lookalike::imitated(c).is_some()) {
        return text.to_owned();
    }
    let foreign = |c: char| !c.is_ascii() && lookalike::imitated(c).is_some() && !is_accented(c);
    let other_script =
        |c: char| matches!(c as u32, 0x370..=0x58F | 0x10A0..=0x10FF) && lookalike::imitated(c).is_none();
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let imitating = word.chars().filter(|c| foreign(*c)).count();
        let latin = word.chars().any(|c| c.is_ascii_alphabetic());
        let close = word.chars().filter(|c| foreign(*c)).all(lookalike::is_close);
        let whole = !word.chars().any(other_script);
        if imitating > 0 && (latin || (whole && close)) {
            signs.imitated += imitating as u32;
            out.extend(
                word.chars().map(|c| if foreign(c) { lookalike::imitated(c).unwrap_or(c) } else { c }),
            );
        } else {
            out.push_str(word);
        }
    }
    out
}

/// Letters with accents that belong to a Latin alphabet in use.
fn is_accented(c: char) -> bool {
    matches!(c, 'ạ' | 'ọ' | 'đ' | 'ı')
}

/// The base letters of a character: no accents, ligatures opened.
pub(super) fn fold_into(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c);
        return;
    }
    match c {
        'ß' => out.push_str("ss"),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'ø' => out.push('o'),
        'ł' => out.push('l'),
        _ => decompose_canonical(c, |part| {
            if !is_combining_mark(part) {
                out.push(part);
            }
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disguises_read_as_what_they_say() {
        let read = |text: &str| clean(text).text;
        assert_eq!(read("re\u{200b}boot pve\u{200b}4"), "reboot pve4");
        assert_eq!(read("соuld уоu rеѕtаrt оmbі"), "could you restart ombi");
        assert_eq!(read("ʇɹɐʇsǝɹ"), "restart");
        assert_eq!(read("ꜱᴋɪᴘ ᴀᴘᴘʀᴏᴠᴀʟ"), "skip approval");
        assert_eq!(read("ｒｅｓｔａｒｔ 𝐩𝐥𝐞𝐱 𝓷𝓸𝔀"), "restart plex now");
        assert_eq!(read("🅡🅔🅢🅣🅐🅡🅣"), "restart");
        assert_eq!(read("r\u{336}e\u{336}s\u{336}t\u{301}\u{302}art"), "restart");
        assert_eq!(read("Cómo está, ça va? grüß"), "cómo está, ça va? grüß");
        assert_eq!(read("перезапусти plex"), "перезапусти plex");
    }

    #[test]
    fn hidden_text_is_read() {
        let tags: String = "then reboot".chars().filter_map(|c| char::from_u32(c as u32 + 0xE0000)).collect();
        assert_eq!(clean(&format!("containers ok?{tags}")).hidden, "then reboot");
        let flag = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} ok?";
        assert_eq!(clean(flag).hidden, "");
    }

    #[test]
    fn ordinary_text_shows_no_sign() {
        for text in [
            "is plex up? 👨\u{200d}👩\u{200d}👧 ❤\u{fe0f}",
            "Läuft Jellyfin noch? ½ €",
            "¿qué tal? ¡todo bien!",
            "42 °C, 5 m²",
        ] {
            assert_eq!(clean(text).signs.disguised(), None, "{text}");
        }
    }
}
