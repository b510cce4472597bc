//! Time phrases: found in chat messages of seven languages, and resolved to instants.

mod clock;
mod days;
mod numbers;
mod phrases;
mod resolve;
mod spans;
mod tokens;
mod words;

use jiff::{Timestamp, Zoned};

use phrases::{Grammar, Value};

pub use resolve::{WhenError, resolve};

/// A time phrase in a message. `since` and `until` are for [`resolve`]. Where `since` names a period, such as
/// `yesterday`, and `until` is `None`, that period is meant; `until` is `now` where the message said "since yesterday".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub since: String,
    pub until: Option<String>,
    /// The phrase with its prepositions, in bytes of the message.
    pub range: std::ops::Range<usize>,
}

/// From and until, never the wrong way round, never after now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub from: Timestamp,
    pub until: Timestamp,
}

/// The first time phrase of a message.
pub fn find(text: &str, now: &Zoned) -> Option<Found> {
    let (tokens, hinted) = tokens::tokens(text);
    if !hinted {
        return None;
    }
    let grammar = Grammar { tokens: &tokens, now };
    let first = grammar.first()?;
    let range = tokens.get(first.start)?.start..tokens.get(first.end.checked_sub(1)?)?.end;
    let (since, mut until) = words(&first.value, now);
    let period = matches!(&first.value, Value::Named(name) if resolve::is_closed(name))
        || matches!(first.value, Value::Day(_));
    if first.since && period {
        until = Some("now".to_owned());
    }
    Some(Found { since, until, range })
}

fn words(value: &Value, now: &Zoned) -> (String, Option<String>) {
    match value {
        Value::Named(name) => ((*name).to_owned(), None),
        Value::Back(n, unit) => (resolve::length(*n, *unit), None),
        Value::Day(date) => (date.to_string(), None),
        Value::Instant(moment) => (rfc3339(moment), None),
        Value::Window(from, until) => {
            (rfc3339(from), (until.timestamp() < now.timestamp()).then(|| rfc3339(until)))
        }
    }
}

/// With the offset of the zone, for people; in UTC where the offset has seconds, which RFC 3339 cannot say.
fn rfc3339(moment: &Zoned) -> String {
    if moment.offset().seconds() % 60 == 0 {
        moment.timestamp().display_with_offset(moment.offset()).to_string()
    } else {
        moment.timestamp().to_string()
    }
}

#[cfg(test)]
mod tests;
