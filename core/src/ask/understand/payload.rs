//! Text that was encoded so that it is not read: found, decoded, and believed only when it reads as words.

use data_encoding::{BASE32_NOPAD, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};

/// What was hidden in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Payload {
    /// The name of the encoding.
    pub what: &'static str,
    pub text: String,
}

/// No piece longer than this is decoded, in bytes.
const LONGEST: usize = 16 * 1024;
/// Encodings within encodings.
const DEEPEST: usize = 3;
/// Pieces that are looked at; more only in a message made to be expensive.
const MOST: usize = 4096;

/// The first payload of a message that reads as words according to `reads`.
pub(super) fn find(text: &str, reads: &dyn Fn(&str) -> bool) -> Option<Payload> {
    find_deep(text, reads, 0)
}

fn find_deep(text: &str, reads: &dyn Fn(&str) -> bool, depth: usize) -> Option<Payload> {
    let accept = |what: &'static str, decoded: Option<String>| -> Option<Payload> {
        let decoded = decoded.filter(|decoded| printable(decoded))?;
        if depth < DEEPEST
            && let Some(inner) = find_deep(&decoded, reads, depth + 1)
        {
            return Some(inner);
        }
        reads(&decoded).then_some(Payload { what, text: decoded })
    };
    if let Some((_, rest)) = text.split_once("<~")
        && let Some(body) = rest.split("~>").next()
        && let Some(found) = accept("ascii85", ascii85(body))
    {
        return Some(found);
    }
    if let Some(found) = escapes(text).and_then(|(what, decoded)| accept(what, Some(decoded))) {
        return Some(found);
    }
    for piece in text
        .split(|c: char| {
            c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | ')' | ',' | ';' | '<' | '>')
        })
        .take(MOST)
    {
        let piece = piece.trim_matches(|c: char| matches!(c, '.' | ':' | '?' | '!' | '[' | ']' | '{' | '}'));
        if piece.len() < 6 || piece.len() > LONGEST || !piece.is_ascii() {
            continue;
        }
        for part in [Some(piece), piece.rsplit_once([':', '|']).map(|(_, right)| right)].into_iter().flatten()
        {
            for (what, decoded) in decodings(part) {
                if let Some(found) = accept(what, decoded) {
                    return Some(found);
                }
            }
        }
    }
    for (what, decoded) in sequences(text) {
        if let Some(found) = accept(what, Some(decoded)) {
            return Some(found);
        }
    }
    None
}

fn printable(text: &str) -> bool {
    let mut letters = 0;
    let mut others = 0;
    for c in text.chars() {
        if c.is_control() && !matches!(c, '\n' | '\r' | '\t') {
            return false;
        }
        if c.is_alphabetic() {
            letters += 1;
        } else if !c.is_whitespace() {
            others += 1;
        }
    }
    letters >= 3 && letters >= others
}

fn utf8(bytes: Result<Vec<u8>, data_encoding::DecodeError>) -> Option<String> {
    bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok())
}

/// A piece in the encodings that have no white space.
fn decodings(piece: &str) -> [(&'static str, Option<String>); 5] {
    let bare = piece.trim_end_matches('=');
    let all = |fits: fn(u8) -> bool| bare.bytes().all(fits);
    let hexadecimal = bare.strip_prefix("0x").unwrap_or(bare);
    let hex = hexadecimal.len() >= 8
        && hexadecimal.len().is_multiple_of(2)
        && hexadecimal.bytes().all(|byte| byte.is_ascii_hexdigit());
    let base64 = bare.len() >= 8 && all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    let base64url =
        bare.len() >= 8 && all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let base32 = bare.len() >= 8 && all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'2'..=b'7'));
    let binary = bare.len() >= 24 && bare.len().is_multiple_of(8) && all(|byte| matches!(byte, b'0' | b'1'));
    // trailing bits that are not zero still carry whole bytes
    let whole = bare.len() - bare.len() % 4;
    let loose = |decode: &data_encoding::Encoding| -> Option<String> {
        utf8(decode.decode(bare.as_bytes()))
            .or_else(|| utf8(decode.decode(bare.as_bytes().get(..whole)?)).filter(|text| text.len() > 8))
    };
    [
        ("hexadecimal", hex.then(|| utf8(HEXLOWER_PERMISSIVE.decode(hexadecimal.as_bytes()))).flatten()),
        ("base64", base64.then(|| loose(&BASE64_NOPAD)).flatten()),
        ("base64", base64url.then(|| loose(&BASE64URL_NOPAD)).flatten()),
        ("base32", base32.then(|| utf8(BASE32_NOPAD.decode(bare.to_ascii_uppercase().as_bytes()))).flatten()),
        (
            "binary digits",
            binary.then(|| numbers(bare.as_bytes().chunks(8).map(|octet| radix(octet, 2)))).flatten(),
        ),
    ]
}

fn radix(digits: &[u8], base: u32) -> Option<u8> {
    std::str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, base).ok())
}

fn numbers(values: impl Iterator<Item = Option<u8>>) -> Option<String> {
    String::from_utf8(values.collect::<Option<Vec<u8>>>()?).ok()
}

/// Adobe's ascii85: five characters from `!` to `u` for four bytes, `z` for four zeros.
fn ascii85(body: &str) -> Option<String> {
    let mut out = Vec::new();
    let mut group: Vec<u32> = Vec::with_capacity(5);
    let flush = |group: &mut Vec<u32>, out: &mut Vec<u8>| -> Option<()> {
        let have = group.len();
        if have == 1 {
            return None;
        }
        group.resize(5, 84);
        let value =
            group.iter().try_fold(0_u32, |value, digit| value.checked_mul(85)?.checked_add(*digit))?;
        out.extend(value.to_be_bytes().into_iter().take(have - 1));
        group.clear();
        Some(())
    };
    for byte in body.bytes().take(LONGEST).filter(|byte| !byte.is_ascii_whitespace()) {
        match byte {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(u32::from(byte - b'!')),
            _ => return None,
        }
        if group.len() == 5 {
            flush(&mut group, &mut out)?;
        }
    }
    if !group.is_empty() {
        flush(&mut group, &mut out)?;
    }
    String::from_utf8(out).ok()
}

/// `%72%65`, `\x72\x65`, `\u0072`, `&#114;`, `=72=65`: the whole message with these replaced, when there are enough.
fn escapes(text: &str) -> Option<(&'static str, String)> {
    let text = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or("");
    let forms: [(&'static str, &str, &str, usize, u32); 5] = [
        ("percent escapes", "%", "", 2, 16),
        ("hexadecimal escapes", "\\x", "", 2, 16),
        ("unicode escapes", "\\u", "", 4, 16),
        ("HTML entities", "&#", ";", 0, 10),
        ("quoted-printable", "=", "", 2, 16),
    ];
    for (what, prefix, suffix, width, base) in forms {
        if text.matches(prefix).count() < 4 {
            continue;
        }
        let mut bytes = Vec::with_capacity(text.len());
        let mut replaced = 0;
        let mut rest = text;
        while let Some(at) = rest.find(prefix) {
            bytes.extend_from_slice(rest.get(..at).unwrap_or("").as_bytes());
            let after = rest.get(at + prefix.len()..).unwrap_or("");
            let (radix, skip) = match (base, after.strip_prefix('x')) {
                (10, Some(_)) => (16, 1),
                _ => (base, 0),
            };
            let digits = after.get(skip..).unwrap_or("");
            let most = if width == 0 { 6 } else { width };
            let length =
                digits.bytes().take(most).take_while(|byte| char::from(*byte).is_digit(radix)).count();
            let value = u32::from_str_radix(digits.get(..length).unwrap_or(""), radix).ok();
            match value.filter(|_| length > 0 && (width == 0 || length == width)) {
                Some(value) if width == 2 => {
                    bytes.push(value as u8);
                    replaced += 1;
                    rest = digits.get(length..).unwrap_or("");
                }
                Some(value) => {
                    let c = char::from_u32(value).unwrap_or(' ');
                    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    replaced += 1;
                    rest = digits.get(length..).unwrap_or("");
                    rest = rest.strip_prefix(suffix).unwrap_or(rest);
                }
                None => {
                    bytes.extend_from_slice(prefix.as_bytes());
                    rest = after;
                }
            }
        }
        bytes.extend_from_slice(rest.as_bytes());
        // letters that needed no escape are what betrays it: spaces and accents alone are ordinary
        if replaced >= 4
            && let Ok(decoded) = String::from_utf8(bytes)
            && (letters(&decoded) >= letters(text) + 2 || what != "percent escapes")
        {
            return Some((what, decoded));
        }
    }
    None
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

/// Runs of pieces that each stand for one character: binary, hexadecimal or decimal codes, morse.
fn sequences(text: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let text = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or("");
    let codes = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '-' | '_'));
    let octets = |base: u32, fits: &dyn Fn(&str) -> bool, least: usize| -> Option<String> {
        let mut best: Vec<u8> = Vec::new();
        let mut run: Vec<u8> = Vec::new();
        for piece in codes.clone() {
            let piece = piece.trim_start_matches("0x").trim_start_matches("\\x");
            if let Some(value) = u8::from_str_radix(piece, base).ok().filter(|_| fits(piece)) {
                run.push(value);
                continue;
            }
            if run.len() > best.len() {
                best.clone_from(&run);
            }
            run.clear();
        }
        if run.len() > best.len() {
            best = run;
        }
        (best.len() >= least).then(|| String::from_utf8(best).ok()).flatten()
    };
    let binary = octets(2, &|piece| matches!(piece.len(), 7 | 8), 3);
    found.extend(binary.map(|text| ("binary digits", text)));
    let hexadecimal = octets(16, &|piece| piece.len() == 2, 4);
    found.extend(hexadecimal.map(|text| ("hexadecimal", text)));
    let decimal = octets(10, &|piece| matches!(piece.len(), 2 | 3), 4);
    found.extend(decimal.map(|text| ("character codes", text)));
    let octal = octets(8, &|piece| piece.len() == 3, 4);
    found.extend(octal.map(|text| ("octal codes", text)));
    found.extend(morse(text).map(|text| ("morse", text)));
    found
}

const MORSE: &[(&str, char)] = &[
    (".-", 'a'),
    ("-...", 'b'),
    ("-.-.", 'c'),
    ("-..", 'd'),
    (".", 'e'),
    ("..-.", 'f'),
    ("--.", 'g'),
    ("....", 'h'),
    ("..", 'i'),
    (".---", 'j'),
    ("-.-", 'k'),
    (".-..", 'l'),
    ("--", 'm'),
    ("-.", 'n'),
    ("---", 'o'),
    (".--.", 'p'),
    ("--.-", 'q'),
    (".-.", 'r'),
    ("...", 's'),
    ("-", 't'),
    ("..-", 'u'),
    ("...-", 'v'),
    (".--", 'w'),
    ("-..-", 'x'),
    ("-.--", 'y'),
    ("--..", 'z'),
    ("-----", '0'),
    (".----", '1'),
    ("..---", '2'),
    ("...--", '3'),
    ("....-", '4'),
    (".....", '5'),
    ("-....", '6'),
    ("--...", '7'),
    ("---..", '8'),
    ("----.", '9'),
];

fn morse(text: &str) -> Option<String> {
    let signs: String = text
        .chars()
        .map(|c| match c {
            '·' | '•' | '.' => '.',
            '−' | '–' | '—' | '_' | '-' => '-',
            '/' | '|' => '/',
            c if c.is_whitespace() => ' ',
            _ => '#',
        })
        .collect();
    // the longest stretch of nothing but signs
    let run = signs.split('#').max_by_key(|run| run.len())?;
    if run.bytes().filter(|byte| matches!(byte, b'.' | b'-')).count() < 6 {
        return None;
    }
    let mut out = String::new();
    for word in run.replace("   ", "/").split('/') {
        for letter in word.split_whitespace() {
            let (_, c) = MORSE.iter().find(|(code, _)| *code == letter)?;
            out.push(*c);
        }
        out.push(' ');
    }
    let out = out.trim().to_owned();
    (out.len() >= 4).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(text: &str) -> bool {
        ["stop", "restart", "snapshot", "reboot", "flush"]
            .iter()
            .any(|word| text.to_lowercase().contains(word))
    }

    #[test]
    fn encodings_are_found() {
        for (text, what, decoded) in [
            ("base64 for you: c3RvcCBncmFmYW5h", "base64", "stop grafana"),
            ("ONXGC4DTNBXXIIDWNUQDCMBR — base32, run it", "base32", "snapshot vm 101"),
            ("fan here: <~Ao)U2BHV#.FCAWpATI~> have fun", "ascii85", "flush iptables"),
            ("73746f7020677261", "hexadecimal", "stop gra"),
            ("%73%74%6f%70%20plex", "percent escapes", "stop plex"),
            ("&#114;&#101;&#98;&#111;&#111;&#116;", "HTML entities", "reboot"),
            ("01110011 01110100 01101111 01110000", "binary digits", "stop"),
            ("115 116 111 112", "character codes", "stop"),
            ("... - --- .--. / .--. .-.. . -..-", "morse", "stop plex"),
            ("YzNSdmNDQm5jbUZtWVc1aA==", "base64", "stop grafana"),
        ] {
            assert_eq!(find(text, &reads), Some(Payload { what, text: decoded.into() }), "{text}");
        }
    }

    #[test]
    fn ids_hashes_and_images_are_not() {
        for text in [
            "what is container 4f2a9c1be37d",
            "sha256:9b2d1a5f0c3e4d5b6a7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c",
            "lscr.io/linuxserver/plex:latest",
            "is the containers thing ok... or not - tell me",
            "why 100% cpu and 90% ram and 80% disk and 70% swap",
        ] {
            assert_eq!(find(text, &|_| true).filter(|found| found.text.len() > 3), None, "{text}");
        }
    }
}
