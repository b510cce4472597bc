//! The grammar of time phrases over tokens: which tokens make one phrase, and what it says.

use super::words::{
    ACCENTED_AT, AFTERNOON, AM, AND, ARTICLE, AT, BEFORE_YESTERDAY, BETWEEN, CLOCK, DA, DATE_PREP, ENGLISH,
    EVENING, EVERY, FROM, HIER, HOUR, IN, LAST, LAST_NIGHT, MORNING, NEXT, NIGHT, NIGHT_PREP, NUMBER, OF,
    ONCE, ONE, PM, Roles, SINCE, THIS, TO, TODAY, UNIT, UNTIL, WEEKDAY, WEEKEND, YESTERDAY,
};
use super::{
    clock::{self, Clock},
    tokens::{Kind, Token},
};
use jiff::{
    Zoned,
    civil::{Date, Time},
};

/// What a phrase says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Named(&'static str),
    /// So many seconds, minutes, … back, with the unit's constant.
    Back(u32, u16),
    Day(Date),
    Instant(Zoned),
    Window(Zoned, Zoned),
}

/// Tokens `start..end` say `value`. `since`: from then until now, not only that period.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Phrase {
    pub start: usize,
    pub end: usize,
    pub value: Value,
    pub since: bool,
}

pub(super) const LAST_NIGHT_HOURS: u32 = 12;

pub(super) struct Grammar<'a> {
    pub tokens: &'a [Token],
    pub now: &'a Zoned,
}

type Step = Option<(usize, Value)>;

impl Grammar<'_> {
    /// The first phrase of the message.
    pub(super) fn first(&self) -> Option<Phrase> {
        (0..self.tokens.len()).find_map(|at| {
            let token = self.tokens.get(at)?;
            if token.kind == Kind::Opaque || (token.kind == Kind::Word && token.roles == 0) || self.barred(at)
            {
                return None;
            }
            let (end, value) = self
                .window(at)
                .or_else(|| self.day_and_time(at))
                .or_else(|| self.time(at))
                .or_else(|| self.length(at))
                .or_else(|| self.period(at))?;
            Some(self.with_prepositions(at, end, value))
        })
    }

    pub(super) fn has(&self, at: usize, roles: Roles) -> bool {
        self.tokens.get(at).is_some_and(|token| token.roles & roles != 0)
    }

    /// The token belongs to the same clause as the one before.
    pub(super) fn joined(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| !token.apart)
    }

    pub(super) fn next_has(&self, at: usize, roles: Roles) -> bool {
        self.joined(at) && self.has(at, roles)
    }

    pub(super) fn before_has(&self, at: usize, roles: Roles) -> bool {
        at > 0 && self.joined(at) && self.has(at - 1, roles)
    }

    pub(super) fn value(&self, at: usize) -> u16 {
        self.tokens.get(at).map_or(0, |token| token.value)
    }

    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    pub(super) fn skip(&self, mut at: usize, roles: Roles, most: usize) -> usize {
        for _ in 0..most {
            if !self.next_has(at, roles) {
                break;
            }
            at += 1;
        }
        at
    }

    /// "every Sunday", "next week", "until Friday".
    fn barred(&self, at: usize) -> bool {
        let mut before = at;
        for _ in 0..3 {
            if before == 0 || !self.joined(before) {
                return false;
            }
            before -= 1;
            if self.has(before, ONCE) && before + 1 == at && self.has(at, ONE | UNIT) {
                return true;
            }
            if self.has(before, NEXT | EVERY | UNTIL) && !self.has(before, AT) {
                return true;
            }
            if !self.has(before, ARTICLE | OF | IN) {
                return false;
            }
        }
        false
    }

    /// Takes the prepositions and articles before the phrase into it, so that what is left of the message is about
    /// something else.
    fn with_prepositions(&self, core: usize, end: usize, value: Value) -> Phrase {
        let prepositions = SINCE | AT | FROM | DATE_PREP | ARTICLE | IN | OF | NIGHT_PREP;
        let mut start = core;
        let mut since = self.has(core, SINCE);
        while start > 0 && core - start < 3 && self.joined(start) && self.has(start - 1, prepositions) {
            start -= 1;
            since |= self.has(start, SINCE);
        }
        if self.has(start, AT) && self.before_has(start, ACCENTED_AT) {
            start -= 1;
        }
        // "da ieri" is "since yesterday"; elsewhere "da" is "of the".
        since |= self.before_has(core, DA) && self.has(core, YESTERDAY) && self.value(core) == 1;
        Phrase { start, end, value, since }
    }

    /// A wall time, and whether a word beside it made plain that it is one.
    fn clock(&self, at: usize, english: bool) -> Option<(usize, Clock, bool)> {
        let at = self.skip(at, ARTICLE | AT, 2);
        let mut end = at + 1;
        let (mut minute, mut second, mut pm, mut plain, mut fixed) = (0, 0, None, true, false);
        let hour;
        match self.kind(at)? {
            Kind::Clock { hour: h, minute: m, second: s, pm: half, padded } => {
                (hour, minute, second, pm) = (u32::from(h), m, s, half);
                fixed = padded || !english;
            }
            Kind::Number { value, padded, ordinal: false } if value <= 24 => {
                (hour, plain, fixed) = (value, false, padded);
            }
            Kind::HoursMinutes(h, m) if h <= 23 => {
                (hour, minute, fixed) = (h, u8::try_from(m).ok()?, true);
            }
            Kind::Length(h, HOUR) if h <= 24 && !english => (hour, fixed) = (h, true),
            Kind::Word if self.has(at, NUMBER) && self.value(at) <= 12 => {
                (hour, plain) = (u32::from(self.value(at)), false);
            }
            _ => return None,
        }
        // "14 Uhr", "3 o'clock", "14 Uhr 30"
        if self.next_has(end, ONE | OF | ARTICLE) && self.has(end + 1, CLOCK) && self.value(end + 1) == 0 {
            end += 1;
        }
        if self.next_has(end, CLOCK) {
            fixed |= !english;
            plain = true;
            end += 1;
            if let Some(Kind::Number { value: m @ 1..60, .. }) = self.kind(end)
                && self.joined(end)
                && minute == 0
                && !self.has(end + 1, UNIT)
            {
                (minute, end) = (u8::try_from(m).ok()?, end + 1);
            }
        }
        if self.next_has(end, AM | PM) && !self.has(end, DATE_PREP) {
            (pm, end) = (Some(true), end + 1);
        } else if self.next_has(end, AM)
            && !matches!(self.kind(end + 1), Some(Kind::DayMonth { .. } | Kind::Date(_)))
            && !self.has(end + 1, WEEKDAY | WEEKEND)
        {
            (pm, end) = (Some(false), end + 1);
        }
        // "de la mañana", "del pomeriggio", "in the evening"
        let part = self.skip(end, OF | ARTICLE | IN | THIS, 2);
        if pm.is_none() && hour <= 12 && self.next_has(part, MORNING | AFTERNOON | EVENING | NIGHT) {
            let night_before_twelve = self.has(part, NIGHT) && (6..12).contains(&hour);
            pm = Some(self.has(part, AFTERNOON | EVENING) || night_before_twelve);
            (plain, end) = (true, part + 1);
        }
        let loose = pm.is_none() && !fixed && (1..=12).contains(&hour);
        let hour = match pm {
            Some(_) if hour > 12 => return None,
            Some(true) => hour % 12 + 12,
            Some(false) => hour % 12,
            None => hour % 24,
        };
        let time =
            Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?, 0);
        Some((end, Clock { time: time.ok()?, loose }, plain))
    }

    /// A bare number is a wall time only where nothing it could count follows.
    fn ends_clause(&self, at: usize) -> bool {
        let known = TODAY
            | YESTERDAY
            | HIER
            | BEFORE_YESTERDAY
            | WEEKDAY
            | AND
            | DATE_PREP
            | THIS
            | LAST
            | LAST_NIGHT;
        !self.joined(at) || (self.has(at, known) && !matches!(self.kind(at + 1), Some(Kind::Opaque)))
    }

    /// "at 4", "since 2pm", "seit 14 Uhr", "à 14h30".
    fn clock_with_preposition(&self, at: usize) -> Option<(usize, Clock)> {
        let mut number = at;
        if self.has(at, AT | SINCE) || (self.has(at, ACCENTED_AT) && self.tokens.get(at)?.accented) {
            number += 1;
            if !self.joined(number) {
                return None;
            }
            // "depuis 3 heures" and "since 14h" are lengths.
            let length = self.amount(number);
            if let Some((_, n, HOUR)) = length
                && self.has(at, SINCE)
                && (n <= 12 || n > 23 || self.has(at, ENGLISH))
                && !(self.has(number + 1, CLOCK) && self.value(number + 1) == 0)
                && !self.dutch_clock(number)
                && !self.has(number, ARTICLE | AT)
            {
                return None;
            }
        }
        let (end, clock, plain) = self.clock(number, self.has(at, ENGLISH) || number == at)?;
        let said = number > at;
        let alone = matches!(self.kind(at), Some(Kind::Clock { pm: Some(_), .. }));
        let marked = self.has(end - 1, AM | PM) || (self.has(end - 1, CLOCK) && self.value(end - 1) == 0);
        let said_plainly = plain || self.ends_clause(end);
        ((said && said_plainly) || alone || (marked && plain)).then_some((end, clock))
    }

    /// "sinds 3 uur": the Dutch hour of the clock is in the singular, the length is "3 uren" or "al 3 uur".
    fn dutch_clock(&self, number: usize) -> bool {
        self.has(number + 1, CLOCK) && self.before_has(number, SINCE) && {
            let word = self.tokens.get(number + 1).map_or(0, |token| token.end - token.start);
            word == "uur".len()
        }
    }

    fn on_date(&self, clock: Clock, date: Date) -> Option<Zoned> {
        clock::on_date(date, clock.time, self.now)
    }

    /// "between 2 and 4 am", "von 2 bis 4 Uhr", "14:00-16:00".
    fn clocks(&self, at: usize) -> Option<(usize, Clock, Clock)> {
        if let Some(Kind::Clocks(a, b)) = self.kind(at) {
            let time = |(h, m): (u8, u8)| {
                let time = Time::new(i8::try_from(h % 24).ok()?, i8::try_from(m).ok()?, 0, 0).ok()?;
                Some(Clock { time, loose: false })
            };
            return Some((at + 1, time(a)?, time(b)?));
        }
        if !self.has(at, BETWEEN | FROM | SINCE) {
            return None;
        }
        let english = self.has(at, ENGLISH);
        let (middle, from, first) = self.clock(at + 1, english)?;
        let joint = if self.has(at, BETWEEN) { AND | TO } else { TO | UNTIL };
        if !self.next_has(middle, joint) {
            return None;
        }
        let (end, to, second) = self.clock(middle + 1, english)?;
        let plain = first || second;
        let bare = self.has(at, BETWEEN) && self.ends_clause(end);
        if !(plain || bare) {
            return None;
        }
        // "von 2 bis 4 Uhr": what makes the second a wall time of 24 hours makes the first one too.
        let from = if second && !first && !to.loose && self.has(end - 1, CLOCK) {
            Clock { loose: false, ..from }
        } else {
            from
        };
        Some((end, from, to))
    }

    fn window(&self, at: usize) -> Step {
        let (end, from, to) = self.clocks(at)?;
        let mut date = None;
        let mut after = end;
        if let Some((next, _, day)) = self.day(self.skip(end, DATE_PREP | ARTICLE, 2)) {
            (after, date) = (next, Some(day));
        }
        let (start, stop) = clock::window(from, to, date, self.now)?;
        Some((after, Value::Window(start, stop)))
    }

    /// "at 4 yesterday", "since 2pm".
    fn time(&self, at: usize) -> Step {
        let (end, clock) = self.clock_with_preposition(at)?;
        if let Some((next, _, date)) = self.day(self.skip(end, DATE_PREP | ARTICLE | IN, 2)) {
            return Some((next, Value::Instant(self.on_date(clock, date)?)));
        }
        Some((end, Value::Instant(clock::recent(clock, self.now)?)))
    }

    /// "yesterday", "yesterday at 4", "am 19.11. um 14 Uhr", "2026-11-19 14:00".
    fn day_and_time(&self, at: usize) -> Step {
        match self.kind(at)? {
            Kind::Instant(moment) => {
                let moment = moment.to_zoned(self.now.time_zone().clone());
                return Some((at + 1, Value::Instant(moment)));
            }
            Kind::Civil(moment) => {
                return Some((
                    at + 1,
                    Value::Instant(clock::on_date(moment.date(), moment.time(), self.now)?),
                ));
            }
            _ => {}
        }
        let (end, value, date) = self.day(at)?;
        if matches!(value, Value::Back(..)) {
            return Some((end, value));
        }
        if let Some((after, from, to)) = self.clocks(end) {
            let (start, stop) = clock::window(from, to, Some(date), self.now)?;
            return Some((after, Value::Window(start, stop)));
        }
        // "ayer a las 3"
        let clock_at = end + usize::from(self.next_has(end, ACCENTED_AT) && self.has(end + 1, AT));
        if let Some((after, clock)) = self.clock_with_preposition(clock_at) {
            return Some((after, Value::Instant(self.on_date(clock, date)?)));
        }
        if let Some(Kind::Clock { .. }) = self.kind(end)
            && let Some((after, clock, _)) = self.clock(end, false)
        {
            return Some((after, Value::Instant(self.on_date(clock, date)?)));
        }
        if matches!(value, Value::Named(_)) || matches!(value, Value::Day(_)) {
            return Some((end, value));
        }
        None
    }
}
