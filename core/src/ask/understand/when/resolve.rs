//! What people write after `--since`, as instants.

use jiff::{
    Span, Timestamp, ToSpan, Zoned,
    civil::{Date, DateTime, Time},
};

use super::{
    Range,
    clock::{self, Clock},
    numbers,
    phrases::LAST_NIGHT_HOURS,
    tokens::Kind,
    words::{self, DAY, FORTNIGHT, HOUR, MINUTE, MONTHS, SECOND, SHORT_UNIT, UNIT, WEEK},
};

/// When the parts of a day begin. Before five it is still the night.
pub(super) const MORNING_HOUR: i8 = 5;
pub(super) const AFTERNOON_HOUR: i8 = 12;
pub(super) const EVENING_HOUR: i8 = 18;

/// Longer values are nothing that a person typed.
const MAX_BYTES: usize = 64;

/// What can be said, with examples; the end of every error.
const FORMS: &str = "Allowed: a length (90m, 24h, 1h30m, 7d, 2w, 3mo, 1y), a date (2026-11-19), a date and time \
                     (2026-11-19 14:00, or RFC 3339), a time (14:00) or a period (today, yesterday, this week, last month, \
                     sunday, weekend, midnight, this morning). Example: 24h";

/// A mistake in a time, in words for the one who made it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    #[error("no time was given. {FORMS}")]
    Empty,
    #[error("{0:?} is not a time that can be understood. {FORMS}")]
    Unknown(String),
    #[error("{0:?} is in the future, and only what has happened can be shown. {FORMS}")]
    Future(String),
    #[error("{0:?} reaches back too far: the earliest time is 1970-01-01. {FORMS}")]
    TooFar(String),
    #[error("{0:?} is no length of time: it has to be more than zero. {FORMS}")]
    NotPositive(String),
}

/// A value of [`super::Found`], or what was typed after `--since`.
pub fn resolve(value: &str, now: &Zoned) -> Result<Range, WhenError> {
    let shown = || shorten(value);
    let trimmed = value.trim();
    if trimmed.is_empty() {
        return Err(WhenError::Empty);
    }
    if trimmed.len() > MAX_BYTES {
        return Err(WhenError::Unknown(shown()));
    }
    if trimmed.starts_with(['-', '−']) {
        return Err(WhenError::NotPositive(shown()));
    }
    if let Some(result) = plain(trimmed, now) {
        return result.map_err(|fault| fault.said(shown()));
    }
    // "last 10 minutes", "an hour ago", "gestern".
    let found = super::find(trimmed, now).filter(|found| found.range == (0..trimmed.len()));
    let Some(found) = found else { return Err(WhenError::Unknown(shown())) };
    let Some(since) = plain(&found.since, now) else { return Err(WhenError::Unknown(shown())) };
    let mut range = since.map_err(|fault| fault.said(shown()))?;
    if let Some(until) = found.until.and_then(|until| plain(&until, now)?.ok()) {
        range.until = until.from.max(range.from);
    }
    Ok(range)
}

/// At most 64 characters of what was given.
fn shorten(value: &str) -> String {
    match value.char_indices().nth(MAX_BYTES) {
        Some((cut, _)) => format!("{}…", value.get(..cut).unwrap_or_default()),
        None => value.to_owned(),
    }
}

enum Fault {
    Future,
    TooFar,
    NotPositive,
}

impl Fault {
    fn said(self, value: String) -> WhenError {
        match self {
            Self::Future => WhenError::Future(value),
            Self::TooFar => WhenError::TooFar(value),
            Self::NotPositive => WhenError::NotPositive(value),
        }
    }
}

/// `None` where it is none of these forms.
fn plain(value: &str, now: &Zoned) -> Option<Result<Range, Fault>> {
    let lower = value.to_ascii_lowercase();
    let words: Vec<&str> = lower.split([' ', '\t', '_']).filter(|word| !word.is_empty()).collect();
    let joined = words.join(" ");
    if let Some(period) = named(&joined, now) {
        return Some(period.and_then(|(from, until)| between(&from, &until, now)));
    }
    if let Some(length) = lengths(&words, now) {
        return Some(length);
    }
    let first = *words.first()?;
    if first.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && let Some(moment) = moment(value, &words, now)
    {
        return Some(moment);
    }
    None
}

fn moment(value: &str, words: &[&str], now: &Zoned) -> Option<Result<Range, Fault>> {
    let civil = |moment: DateTime| {
        let moment = clock::on_date(moment.date(), moment.time(), now).ok_or(Fault::TooFar)?;
        instant(moment.timestamp(), now)
    };
    if let [date, time] = words
        && let (Some(Kind::Date(date)), Some(Kind::Clock { hour, minute, second, pm, .. })) =
            (numbers::read(date, false), numbers::read(time, false))
    {
        let time = wall(hour, minute, second, pm)?;
        return Some(civil(date.to_datetime(time)));
    }
    // "2 pm", "2:30 PM"
    let text = if words.len() == 2 && matches!(words.last(), Some(&("am" | "pm"))) {
        words.concat()
    } else if words.len() == 1 {
        value.to_owned()
    } else {
        // "2026-11-19 14:00:00+01:00"
        return value.parse::<Timestamp>().ok().map(|moment| instant(moment, now));
    };
    match numbers::read(&text, false)? {
        Kind::Date(date) => {
            let zone = now.time_zone();
            let bounds = date.to_zoned(zone.clone()).ok().zip(date.checked_add(1.day()).ok());
            let bounds = bounds.and_then(|(from, next)| Some((from, next.to_zoned(zone.clone()).ok()?)));
            Some(bounds.ok_or(Fault::TooFar).and_then(|(from, until)| between(&from, &until, now)))
        }
        Kind::Clock { hour, minute, second, pm, .. } => {
            let clock = Clock { time: wall(hour, minute, second, pm)?, loose: false };
            let moment = clock::recent(clock, now).ok_or(Fault::TooFar);
            Some(moment.and_then(|moment| instant(moment.timestamp(), now)))
        }
        Kind::Instant(moment) => Some(instant(moment, now)),
        Kind::Civil(moment) => Some(civil(moment)),
        _ => None,
    }
}

fn wall(hour: u8, minute: u8, second: u8, pm: Option<bool>) -> Option<Time> {
    let hour = match pm {
        Some(true) => hour % 12 + 12,
        Some(false) => hour % 12,
        None => hour % 24,
    };
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?, 0).ok()
}

fn instant(from: Timestamp, now: &Zoned) -> Result<Range, Fault> {
    let until = now.timestamp();
    if from > until {
        return Err(Fault::Future);
    }
    if from < Timestamp::UNIX_EPOCH {
        return Err(Fault::TooFar);
    }
    Ok(Range { from, until })
}

fn between(from: &Zoned, until: &Zoned, now: &Zoned) -> Result<Range, Fault> {
    let range = instant(from.timestamp(), now)?;
    Ok(Range { from: range.from, until: until.timestamp().clamp(range.from, range.until) })
}

// --- lengths --------------------------------------------------------------------------------------------------------

/// `24h`, `3mo`: the number and its unit as one word.
pub(super) fn length(n: u32, unit: u16) -> String {
    match unit {
        SECOND => format!("{n}s"),
        MINUTE => format!("{n}m"),
        HOUR => format!("{n}h"),
        DAY => format!("{n}d"),
        WEEK => format!("{n}w"),
        FORTNIGHT => format!("{}w", n.saturating_mul(2)),
        MONTHS => format!("{n}mo"),
        _ => format!("{n}y"),
    }
}

/// `1h30m`, `2 days`, `1w 2d`. Days and more are days of the calendar, hours are hours.
fn lengths(words: &[&str], now: &Zoned) -> Option<Result<Range, Fault>> {
    let text = words.concat();
    let mut rest = text.as_str();
    let (mut span, mut any) = (Span::new(), false);
    let mut too_far = false;
    while !rest.is_empty() {
        let digits = rest.bytes().position(|byte| !byte.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail.bytes().position(|byte| !byte.is_ascii_lowercase()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        if number.is_empty() || unit.is_empty() || unit.len() > 10 {
            return None;
        }
        let entry = words::lookup(unit.bytes().fold(0, |key, byte| (key << 8) | u128::from(byte)));
        let singular = matches!(unit, "second");
        if entry.roles & (UNIT | SHORT_UNIT) == 0 && !singular {
            return None;
        }
        let unit = if singular { SECOND } else { entry.value };
        let number = number.parse::<i64>().unwrap_or(i64::MAX);
        any |= number > 0;
        match add(span, number, unit) {
            Some(sum) => span = sum,
            None => too_far = true,
        }
        rest = tail;
    }
    if too_far {
        return Some(Err(Fault::TooFar));
    }
    if !any {
        return (!text.is_empty()).then_some(Err(Fault::NotPositive));
    }
    let from = now.checked_sub(span).map_err(|_| Fault::TooFar);
    Some(from.and_then(|from| instant(from.timestamp(), now)))
}

fn add(span: Span, n: i64, unit: u16) -> Option<Span> {
    match unit {
        SECOND => span.try_seconds(span.get_seconds().checked_add(n)?),
        MINUTE => span.try_minutes(span.get_minutes().checked_add(n)?),
        HOUR => span.try_hours(i64::from(span.get_hours()).checked_add(n)?),
        DAY => span.try_days(i64::from(span.get_days()).checked_add(n)?),
        WEEK => span.try_weeks(i64::from(span.get_weeks()).checked_add(n)?),
        FORTNIGHT => span.try_weeks(i64::from(span.get_weeks()).checked_add(n.checked_mul(2)?)?),
        MONTHS => span.try_months(i64::from(span.get_months()).checked_add(n)?),
        _ => span.try_years(i64::from(span.get_years()).checked_add(n)?),
    }
    .ok()
}

// --- periods --------------------------------------------------------------------------------------------------------

/// The period ends by itself, before now or not.
pub(super) fn is_closed(name: &str) -> bool {
    !matches!(name, "today" | "this week" | "this month" | "this year" | "midnight" | "noon")
}

/// `None`: no such name.
fn named(name: &str, now: &Zoned) -> Option<Result<(Zoned, Zoned), Fault>> {
    let name = name.strip_prefix("the ").unwrap_or(name);
    let today = now.date();
    let monday = || today.checked_sub(i64::from(now.weekday().to_monday_zero_offset()).days()).ok();
    let first = || Some(today.first_of_month());
    let year = || Some(today.first_of_year());
    let back = |date: Option<Date>, span: Span| date?.checked_sub(span).ok();
    let days = |from: Option<Date>, until: Option<Date>| dates(from, until, now);
    let ahead = |date: Option<Date>, span: Span| date?.checked_add(span).ok();
    let day = |back: i64| {
        let date = today.checked_sub(back.days()).ok();
        dates(date, ahead(date, 1.day()), now)
    };
    let period = match name {
        "now" => Some((now.clone(), now.clone())),
        "today" => day(0),
        "yesterday" => day(1),
        "day before yesterday" => day(2),
        "this week" => days(monday(), ahead(monday(), 1.week())),
        "last week" => days(back(monday(), 1.week()), monday()),
        "this month" => days(first(), ahead(first(), 1.month())),
        "last month" => days(back(first(), 1.month()), first()),
        "this year" => days(year(), ahead(year(), 1.year())),
        "last year" => days(back(year(), 1.year()), year()),
        "last night" | "overnight" => {
            now.checked_sub(i64::from(LAST_NIGHT_HOURS).hours()).ok().map(|from| (from, now.clone()))
        }
        "midnight" => dates(Some(today), ahead(Some(today), 1.day()), now),
        "noon" | "midday" => clock::latest(Time::constant(12, 0, 0, 0), now).map(|noon| (noon, now.clone())),
        "weekend" | "last weekend" | "this weekend" => {
            // Saturday is the sixth day: today's weekend once it has begun, else the one before.
            let since_saturday = (i64::from(now.weekday().to_monday_zero_offset()) + 2) % 7;
            let saturday = today.checked_sub(since_saturday.days()).ok();
            days(saturday, ahead(saturday, 2.days()))
        }
        "this morning" => {
            let from = if now.hour() < MORNING_HOUR { 0 } else { MORNING_HOUR };
            hours(Some(today), from, AFTERNOON_HOUR, now)
        }
        "this afternoon" => hours(Some(today), AFTERNOON_HOUR, EVENING_HOUR, now),
        "this evening" | "tonight" if now.hour() < MORNING_HOUR => {
            let date = today.checked_sub(1.day()).ok()?;
            clock::on_date(date, Time::constant(18, 0, 0, 0), now).map(|from| (from, now.clone()))
        }
        "this evening" | "tonight" => hours(Some(today), EVENING_HOUR, 24, now),
        "yesterday morning" => hours(back(Some(today), 1.day()), MORNING_HOUR, AFTERNOON_HOUR, now),
        "yesterday afternoon" => hours(back(Some(today), 1.day()), AFTERNOON_HOUR, EVENING_HOUR, now),
        "yesterday evening" => hours(back(Some(today), 1.day()), EVENING_HOUR, 24, now),
        _ => {
            let weekday = weekday(name)?;
            day(i64::from((now.weekday().to_monday_zero_offset() + 7 - weekday) % 7))
        }
    };
    Some(period.ok_or(Fault::TooFar))
}

/// Names and their usual short forms; Monday is zero.
fn weekday(name: &str) -> Option<i8> {
    Some(match name {
        "monday" | "mon" => 0,
        "tuesday" | "tue" | "tues" => 1,
        "wednesday" | "wed" => 2,
        "thursday" | "thu" | "thurs" => 3,
        "friday" | "fri" => 4,
        "saturday" | "sat" => 5,
        "sunday" | "sun" => 6,
        _ => return None,
    })
}

/// From the start of one day to the start of another: midnight, or when the clock first shows that day.
fn dates(from: Option<Date>, until: Option<Date>, now: &Zoned) -> Option<(Zoned, Zoned)> {
    let zone = now.time_zone();
    Some((from?.to_zoned(zone.clone()).ok()?, until?.to_zoned(zone.clone()).ok()?))
}

fn hours(date: Option<Date>, from: i8, until: i8, now: &Zoned) -> Option<(Zoned, Zoned)> {
    let date = date?;
    let at = |date: Date, hour: i8| clock::on_date(date, Time::new(hour, 0, 0, 0).ok()?, now);
    let until = if until == 24 { at(date.checked_add(1.day()).ok()?, 0)? } else { at(date, until)? };
    Some((at(date, from)?, until))
}
