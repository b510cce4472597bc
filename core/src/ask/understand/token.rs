//! A cleaned message as tokens: words without accents, and masks for what can be anything: names, numbers,
//! addresses, paths.

use super::clean::fold_into;
use super::names;
use super::shape::shape;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// A name of the gazetteer.
    Name,
    /// Looks like a name: `foo-bar_2`, `pve3`.
    Shape,
    /// A machine of the gazetteer: read as a word, named as a target.
    Place,
    Number,
    Percent,
    Size,
    Duration,
    Clock,
    /// `#17`
    Reference,
    Address,
    Url,
    /// `example.com`
    Host,
    Path,
    File,
    /// `-rf`
    Flag,
    Mail,
    /// `postgres:15`
    Image,
    Punct,
}

impl Kind {
    /// Whether the token can be the name of something.
    pub(super) const fn names(self) -> bool {
        matches!(self, Self::Name | Self::Shape | Self::Place | Self::Image)
    }

    /// Whether a mask stands for the token.
    pub(super) const fn is_masked(self) -> bool {
        self.mask().is_some()
    }

    /// The mask that stands for every token of the kind.
    const fn mask(self) -> Option<&'static str> {
        Some(match self {
            Self::Word | Self::Place | Self::Punct => return None,
            Self::Name | Self::Shape => "<name>",
            Self::Number => "<n>",
            Self::Percent => "<%>",
            Self::Size => "<size>",
            Self::Duration => "<span>",
            Self::Clock => "<clock>",
            Self::Reference => "<#>",
            Self::Address => "<ip>",
            Self::Url => "<url>",
            Self::Host => "<host>",
            Self::Path => "<path>",
            Self::File => "<file>",
            Self::Flag => "<flag>",
            Self::Mail => "<mail>",
            Self::Image => "<image>",
        })
    }
}

/// A piece of the message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub kind: Kind,
    /// Bytes of the clean text.
    pub start: u32,
    pub end: u32,
    /// Bytes of the folded text.
    fold_start: u32,
    fold_end: u32,
    /// Hash of the folded word or of the mask.
    pub hash: u32,
}

/// A message in tokens.
#[derive(Debug, Clone, Default)]
pub(super) struct Tokens {
    pub clean: String,
    folded: String,
    pub list: Vec<Token>,
}

/// Hash of a word, the same for training and reading.
pub(super) fn hash(word: &str) -> u32 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for byte in word.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    (state ^ (state >> 32)) as u32
}

/// At most this many tokens are made of one message.
const MOST: usize = 2048;

impl Tokens {
    /// Cuts a clean text.
    pub(super) fn new(clean: String) -> Self {
        let mut tokens =
            Self { folded: String::with_capacity(clean.len() + 8), clean, list: Vec::with_capacity(24) };
        let mut start = None;
        let text = std::mem::take(&mut tokens.clean);
        for (at, c) in text.char_indices() {
            if c.is_whitespace() {
                if let Some(from) = start.take() {
                    tokens.chunk(&text, from, at);
                }
                if c == '\n' {
                    tokens.push(&text, at, at + 1, Kind::Punct);
                }
            } else if start.is_none() {
                start = Some(at);
            }
        }
        if let Some(from) = start {
            tokens.chunk(&text, from, text.len());
        }
        tokens.clean = text;
        tokens.join_names();
        tokens
    }

    /// The folded word of a token.
    pub(super) fn word(&self, token: &Token) -> &str {
        self.folded.get(token.fold_start as usize..token.fold_end as usize).unwrap_or("")
    }

    /// The folded word at a position; empty past the end.
    pub(super) fn at(&self, index: usize) -> &str {
        self.list.get(index).map_or("", |token| self.word(token))
    }

    /// The token as written (in lower case).
    pub(super) fn written(&self, token: &Token) -> &str {
        self.clean.get(token.start as usize..token.end as usize).unwrap_or("")
    }

    fn push(&mut self, text: &str, start: usize, end: usize, kind: Kind) {
        if self.list.len() >= MOST {
            return;
        }
        let fold_start = self.folded.len();
        for c in text.get(start..end).unwrap_or("").chars().filter(|c| *c != '\'') {
            fold_into(c, &mut self.folded);
        }
        let word = self.folded.get(fold_start..).unwrap_or("");
        let kind = match kind {
            Kind::Word => match names::known(word) {
                Some(known) if known.place => Kind::Place,
                Some(_) => Kind::Name,
                None => Kind::Word,
            },
            other => other,
        };
        let hash = hash(kind.mask().unwrap_or(word));
        self.list.push(Token {
            kind,
            start: start as u32,
            end: end as u32,
            fold_start: fold_start as u32,
            fold_end: self.folded.len() as u32,
            hash,
        });
    }

    /// One run of characters without white space.
    fn chunk(&mut self, text: &str, start: usize, end: usize) {
        let Some(raw) = text.get(start..end) else { return };
        let lead = raw.len() - raw.trim_start_matches(|c: char| is_outer(c) && c != '.').len();
        let inner = raw.get(lead..).unwrap_or("");
        let core = inner.trim_end_matches(is_outer);
        for (at, c) in raw.char_indices().take_while(|(at, _)| *at < lead) {
            self.outer(text, start + at, c);
        }
        let from = start + lead;
        if !core.is_empty() {
            self.core(text, from, from + core.len());
        }
        let rest = from + core.len();
        for (at, c) in inner.get(core.len()..).unwrap_or("").char_indices() {
            self.outer(text, rest + at, c);
        }
    }

    fn outer(&mut self, text: &str, at: usize, c: char) {
        if matches!(c, '?' | '!' | '.' | ',' | ':' | ';' | '"' | '\'' | '`' | '{' | '[' | '(' | '<') {
            self.push(text, at, at + c.len_utf8(), Kind::Punct);
        }
    }

    fn core(&mut self, text: &str, start: usize, end: usize) {
        let Some(core) = text.get(start..end) else { return };
        let kind = shape(core);
        if let Some(kind) = kind {
            if kind == Kind::Number
                && let Some(word) = ["vm", "ct", "lxc"].into_iter().find(|word| core.starts_with(*word))
            {
                self.push(text, start, start + word.len(), Kind::Word);
                self.push(text, start + word.len(), end, Kind::Number);
            } else {
                self.push(text, start, end, kind);
            }
            return;
        }
        // split at everything that is no letter, digit or apostrophe
        let mut from = None;
        for (at, c) in core.char_indices() {
            if c.is_alphanumeric() || c == '\'' {
                from.get_or_insert(at);
                continue;
            }
            if let Some(from) = from.take() {
                self.words(text, start + from, start + at);
            }
            if matches!(
                c,
                '/' | '|' | '&' | ';' | '>' | '<' | '$' | '=' | '{' | '}' | ':' | '.' | ',' | '?' | '!' | '"'
            ) {
                self.push(text, start + at, start + at + c.len_utf8(), Kind::Punct);
            }
        }
        if let Some(from) = from {
            self.words(text, start + from, end);
        }
    }

    /// A word with apostrophes: `what's` is one, `l'app` two.
    fn words(&mut self, text: &str, start: usize, end: usize) {
        let Some(word) = text.get(start..end) else { return };
        match word.split_once('\'') {
            Some((left, right)) if right.len() > 2 && left.len() <= 5 && !left.is_empty() => {
                self.push(text, start, start + left.len(), Kind::Word);
                self.words(text, start + left.len() + 1, end);
            }
            Some(("", right)) if !right.is_empty() => self.words(text, start + 1, end),
            _ => {
                let kind = shape(word.trim_end_matches("'s")).unwrap_or(Kind::Word);
                let stem = word.strip_suffix("'s").filter(|stem| names::known(stem).is_some());
                let end = stem.map_or(end, |stem| start + stem.len());
                self.push(text, start, end, kind);
            }
        }
    }

    /// Joins names of several words into one token.
    fn join_names(&mut self) {
        let mut index = 0;
        let mut joined = String::new();
        while index < self.list.len() {
            let longest = names::longest_from(self.at(index));
            for words in (2..=longest).rev() {
                let Some(span) = self.list.get(index..index + words) else { continue };
                joined.clear();
                for (nth, token) in span.iter().enumerate() {
                    if nth > 0 {
                        joined.push(' ');
                    }
                    joined.push_str(
                        self.folded.get(token.fold_start as usize..token.fold_end as usize).unwrap_or(""),
                    );
                }
                let Some(known) = names::known(&joined) else { continue };
                let (first, last) = (span.first().copied(), span.last().copied());
                if let (Some(first), Some(last)) = (first, last) {
                    let kind = if known.place { Kind::Place } else { Kind::Name };
                    let fold_start = self.folded.len() as u32;
                    self.folded.push_str(&joined);
                    let hash = hash(kind.mask().unwrap_or(&joined));
                    let token = Token {
                        kind,
                        end: last.end,
                        fold_start,
                        fold_end: self.folded.len() as u32,
                        hash,
                        ..first
                    };
                    self.list.splice(index..index + words, [token]);
                }
                break;
            }
            index += 1;
        }
    }
}

fn is_outer(c: char) -> bool {
    matches!(
        c,
        '?' | '!'
            | '.'
            | ','
            | ':'
            | ';'
            | '"'
            | '\''
            | '`'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '<'
            | '>'
            | '*'
            | '¿'
            | '¡'
            | '…'
            | '~'
            | '|'
            | '&'
            | '='
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(String, Kind)> {
        let tokens = Tokens::new(text.to_owned());
        tokens.list.iter().map(|token| (tokens.word(token).to_owned(), token.kind)).collect()
    }

    #[test]
    fn words_names_and_masks() {
        let kinds = |text: &str| cut(text).into_iter().map(|(_, kind)| kind).collect::<Vec<_>>();
        assert_eq!(cut("what's up")[0].0, "whats");
        assert_eq!(cut("l'aggiornamento")[1].0, "aggiornamento");
        assert_eq!(kinds("is home assistant up?"), [Kind::Word, Kind::Name, Kind::Word, Kind::Punct]);
        assert_eq!(kinds("vm105 pve3 foo-bar_2"), [Kind::Word, Kind::Number, Kind::Shape, Kind::Shape]);
        assert_eq!(kinds("ping 8.8.8.8"), [Kind::Word, Kind::Address]);
        assert_eq!(
            kinds("https://a.b/c example.com /mnt/x -rf"),
            [Kind::Url, Kind::Host, Kind::Path, Kind::Flag]
        );
        assert_eq!(
            kinds("90% 80gb 24h 04:00 4am #17"),
            [Kind::Percent, Kind::Size, Kind::Duration, Kind::Clock, Kind::Clock, Kind::Reference]
        );
        assert_eq!(kinds("postgres:15"), [Kind::Image]);
        assert_eq!(cut("est-ce que ça")[0].0, "est");
    }
}
