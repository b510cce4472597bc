//! Letters that look like other letters. Sources: Unicode confusables (UTS 39) for Cyrillic, Greek, Armenian
//! and Cherokee; the Latin small capitals; the usual upside-down alphabet.

/// The Latin letter that a letter of another script imitates.
pub(super) fn imitated(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' | 'ɑ' | 'ạ' => 'a',
        'Ь' | 'ь' | 'в' | 'β' | 'ƅ' => 'b',
        'с' | 'ϲ' | 'ⅽ' | 'ς' => 'c',
        'ԁ' | 'ɗ' | 'đ' => 'd',
        'е' | 'ҽ' | 'є' | 'ε' | 'э' => 'e',
        'ғ' | 'ƒ' => 'f',
        'ɡ' | 'ց' | 'ԍ' => 'g',
        'һ' | 'н' | 'հ' | 'ή' | 'η' => 'h',
        'і' | 'ι' | 'ӏ' | 'ɩ' | 'ı' | 'ї' | 'ί' => 'i',
        'ј' | 'ϳ' => 'j',
        'к' | 'κ' | 'ĸ' => 'k',
        'ⅼ' | 'ʟ' | 'ɭ' => 'l',
        'м' | 'μ' | 'ⅿ' => 'm',
        'п' | 'ո' | 'ռ' | 'и' => 'n',
        'о' | 'ο' | 'σ' | 'օ' | 'ө' | 'ọ' => 'o',
        'р' | 'ρ' | 'ҏ' => 'p',
        'ԛ' | 'զ' => 'q',
        'г' | 'ɼ' | 'я' => 'r',
        'ѕ' | 'ʂ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ս' | 'ц' | 'ʋ' => 'u',
        'ѵ' | 'ѷ' | 'ν' => 'v',
        'ѡ' | 'ω' | 'ԝ' | 'ա' | 'ш' => 'w',
        'х' | 'χ' | 'ҳ' => 'x',
        'у' | 'γ' | 'ү' | 'ყ' => 'y',
        'ᴢ' | 'ʐ' | 'ζ' => 'z',
        _ => return None,
    })
}

/// Letters of another script whose shape is so close to the Latin one that nobody sees the difference.
pub(super) fn is_close(c: char) -> bool {
    matches!(
        c,
        'а' | 'α'
            | 'с'
            | 'ϲ'
            | 'ԁ'
            | 'е'
            | 'ɡ'
            | 'һ'
            | 'і'
            | 'ι'
            | 'ј'
            | 'к'
            | 'κ'
            | 'м'
            | 'о'
            | 'ο'
            | 'р'
            | 'ρ'
            | 'ԛ'
            | 'ѕ'
            | 'т'
            | 'τ'
            | 'υ'
            | 'ν'
            | 'ѵ'
            | 'ԝ'
            | 'х'
            | 'χ'
            | 'у'
            | 'γ'
            | 'в'
            | 'н'
            | 'ӏ'
            | 'г'
            | 'ь'
            | 'ѡ'
            | 'ω'
            | 'ε'
            | 'η'
            | 'п'
            | 'ո'
            | 'օ'
    )
}

/// The letter of a small capital.
pub(super) fn small_capital(c: char) -> Option<char> {
    Some(match c {
        'ᴀ' => 'a',
        'ʙ' => 'b',
        'ᴄ' => 'c',
        'ᴅ' => 'd',
        'ᴇ' => 'e',
        'ꜰ' => 'f',
        'ɢ' => 'g',
        'ʜ' => 'h',
        'ɪ' => 'i',
        'ᴊ' => 'j',
        'ᴋ' => 'k',
        'ʟ' => 'l',
        'ᴍ' => 'm',
        'ɴ' => 'n',
        'ᴏ' => 'o',
        'ᴘ' => 'p',
        'ꞯ' => 'q',
        'ʀ' => 'r',
        'ꜱ' => 's',
        'ᴛ' => 't',
        'ᴜ' => 'u',
        'ᴠ' => 'v',
        'ᴡ' => 'w',
        'ʏ' => 'y',
        'ᴢ' => 'z',
        _ => return None,
    })
}

/// The letter that was turned upside down. Letters that stay themselves are in [`turned_plain`].
pub(super) fn turned(c: char) -> Option<char> {
    Some(match c {
        'ɐ' => 'a',
        'ɔ' => 'c',
        'ǝ' => 'e',
        'ɟ' => 'f',
        'ƃ' | 'ᵷ' => 'g',
        'ɥ' => 'h',
        'ᴉ' | 'ı' => 'i',
        'ɾ' | 'ſ' => 'j',
        'ʞ' => 'k',
        'ꞁ' | 'ʅ' | 'ן' | 'ɿ' => 'l',
        'ɯ' => 'm',
        'ɹ' => 'r',
        'ʇ' => 't',
        'ʌ' => 'v',
        'ʍ' => 'w',
        'ʎ' => 'y',
        'Ɩ' => '1',
        'Ɛ' => '3',
        'ㄣ' => '4',
        'ϛ' => '5',
        'ㄥ' => '7',
        '˙' => '.',
        '¿' => '?',
        '¡' => '!',
        '‾' => '_',
        _ => return None,
    })
}

/// Ordinary letters as they read in an upside-down text.
pub(super) fn turned_plain(c: char) -> char {
    match c {
        'n' => 'u',
        'u' => 'n',
        'b' => 'q',
        'q' => 'b',
        'd' => 'p',
        'p' => 'd',
        '6' => '9',
        '9' => '6',
        other => other,
    }
}

/// Letters in circles and squares that NFKC leaves alone.
pub(super) fn boxed(c: char) -> Option<char> {
    let base = match c as u32 {
        code @ 0x1F150..=0x1F169 => code - 0x1F150,
        code @ 0x1F170..=0x1F189 => code - 0x1F170,
        code @ 0x1F1E6..=0x1F1FF => code - 0x1F1E6,
        _ => return None,
    };
    char::from_u32(u32::from(b'a') + base)
}
