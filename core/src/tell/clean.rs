//! Text from the world made harmless for a screen: no control sequences, nothing invisible, no direction changes.

/// One line: like [`clean`], line breaks shown as spaces.
pub fn clean_line(text: &str, max_chars: usize) -> String {
    let mut out = clean(text, max_chars);
    if out.contains('\n') {
        out = out.replace('\n', " ");
    }
    out
}

/// Removes escape sequences, control characters (but line breaks), bidirectional controls, zero-width and tag
/// characters; bounds the length in characters.
pub fn clean(text: &str, max_chars: usize) -> String {
    let mut out = String::with_capacity(text.len().min(max_chars.saturating_mul(4)));
    let mut chars = text.chars().peekable();
    let mut count = 0;
    let mut marks = 0;
    while let Some(c) = chars.next() {
        let shown = match c {
            '\u{1b}' | '\u{9b}' | '\u{90}' | '\u{9d}' => {
                skip_sequence(c, &mut chars);
                continue;
            }
            '\n' => '\n',
            '\t' => ' ',
            c if c.is_control() || is_invisible(c) => continue,
            c => c,
        };
        // Stacked combining marks spill over the lines above and below; two are enough for any language.
        if is_combining(shown) {
            marks += 1;
            if marks > 2 {
                continue;
            }
        } else {
            marks = 0;
        }
        if count == max_chars {
            out.push('…');
            break;
        }
        out.push(shown);
        count += 1;
    }
    out
}

/// Skips a CSI (`ESC [ … final`) or a string sequence (OSC, DCS … until BEL or ST), bounded.
fn skip_sequence(first: char, chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    let opener = if first == '\u{1b}' { chars.next() } else { None };
    match (first, opener) {
        ('\u{9b}', _) | (_, Some('[')) => {
            for c in chars.by_ref().take(256) {
                if ('\u{40}'..='\u{7e}').contains(&c) {
                    break;
                }
            }
        }
        ('\u{90}' | '\u{9d}', _) | (_, Some(']' | 'P' | 'X' | '^' | '_')) => {
            for _ in 0..4_096 {
                match chars.next() {
                    None | Some('\u{7}' | '\u{9c}') => break,
                    Some('\u{1b}') => {
                        if chars.peek() == Some(&'\\') {
                            chars.next();
                        }
                        break;
                    }
                    Some(_) => {}
                }
            }
        }
        _ => {}
    }
}

const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e01ef}')
}

const fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_a_container_writes_moves_the_cursor() {
        assert_eq!(clean("a\u{1b}[2J\u{1b}[31mred\u{1b}[0m", 99), "ared");
        assert_eq!(clean("x\u{1b}]8;;http://evil\u{7}link\u{1b}]8;;\u{1b}\\y", 99), "xlinky");
        assert_eq!(clean("\u{1b}]52;c;aGk=\u{9c}ok", 99), "ok");
        assert_eq!(clean("ab\rcd\u{8}\u{0}", 99), "abcd");
        assert_eq!(clean("safe\u{202e}txt.exe\u{200b}", 99), "safetxt.exe");
        assert_eq!(clean_line("one\ntwo", 99), "one two");
        assert_eq!(clean("abcdef", 3), "abc…");
        assert_eq!(clean("z\u{300}\u{301}\u{302}\u{303}", 9), "z\u{300}\u{301}");
    }

    proptest! {
        #[test]
        fn whatever_comes_in_is_bounded_and_printable(text in any::<String>(), max in 0_usize..200) {
            let out = clean(&text, max);
            prop_assert!(out.chars().count() <= max + 1);
            prop_assert!(out.chars().all(|c| c == '\n' || (!c.is_control() && !is_invisible(c))));
        }
    }
}
