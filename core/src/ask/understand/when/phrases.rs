//! The grammar of time phrases over tokens: which tokens make one phrase, and what it says.

use jiff::{
    ToSpan, Zoned,
    civil::{Date, Time},
};

use super::{
    clock::{self, Clock},
    tokens::{Kind, Token},
    words::*,
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
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

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
        // "da ieri" is "since yesterday"; elsewhere "da" is "of the".
        since |= self.before_has(core, DA) && self.has(core, YESTERDAY) && self.value(core) == 1;
        Phrase { start, end, value, since }
    }

    // --- wall times -----------------------------------------------------------------------------------------------

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
        if !plain && !(self.has(at, BETWEEN) && self.ends_clause(end)) {
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
        if let Some((after, clock)) = self.clock_with_preposition(end) {
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

    // --- days -----------------------------------------------------------------------------------------------------

    /// The weekday, at most six days ago; a week earlier for "last".
    fn weekday(&self, day: u16, last: bool) -> Option<(Value, Date)> {
        let today = u16::try_from(self.now.weekday().to_monday_one_offset()).ok()?;
        let back = (today + 7 - day) % 7;
        let date = self.now.date().checked_sub(i64::from(back).days()).ok()?;
        if last && back == 0 {
            let date = date.checked_sub(7.days()).ok()?;
            return Some((Value::Day(date), date));
        }
        let name = WEEKDAYS.get(usize::from(day).checked_sub(1)?)?;
        Some((Value::Named(name), date))
    }

    pub(super) fn day(&self, at: usize) -> Option<(usize, Value, Date)> {
        let today = self.now.date();
        if self.has(at, TODAY) {
            let end = self.skip(at + 1, HUI, 1);
            if let Some((after, part)) = self.part_of_day(end) {
                let value = match part {
                    NIGHT => Value::Back(LAST_NIGHT_HOURS, HOUR),
                    _ => Value::Named(self.part_of_today(part)?),
                };
                return Some((after, value, today));
            }
            return Some((end, Value::Named("today"), today));
        }
        let yesterday = today.checked_sub(1.day()).ok()?;
        if self.has(at, YESTERDAY) || (self.has(at, HIER) && self.hier_is_yesterday(at)) {
            let Some((after, part)) = self.part_of_day(at + 1) else {
                return Some((at + 1, Value::Named("yesterday"), yesterday));
            };
            let value = match part {
                MORNING => Value::Named("yesterday morning"),
                AFTERNOON => Value::Named("yesterday afternoon"),
                _ => Value::Back(LAST_NIGHT_HOURS, HOUR),
            };
            return Some((after, value, yesterday));
        }
        let day_before = self.has(at, UNIT)
            && self.value(at) == DAY
            && self.next_has(at + 1, BEFORE)
            && self.next_has(at + 2, YESTERDAY);
        if day_before || self.has(at, BEFORE_YESTERDAY) {
            let date = today.checked_sub(2.days()).ok()?;
            return Some((if day_before { at + 3 } else { at + 1 }, Value::Day(date), date));
        }
        if self.has(at, WEEKDAY) {
            let end = at + 1;
            let last_after = self.next_has(end, POST);
            let (value, date) =
                self.weekday(self.value(at), last_after || self.before_has(at, LAST | PAST))?;
            return Some((if last_after { end + 1 } else { end }, value, date));
        }
        // "na sexta passada", "na sexta" at the end; elsewhere it is the sixth of something.
        if self.has(at, ORDINAL_WEEKDAY) && self.before_has(at, IN | SINCE | DATE_PREP) {
            let last = self.next_has(at + 1, LAST);
            if last || self.tokens.len() == at + 1 || self.has(at + 1, AT | ACCENTED_AT) {
                let (value, date) = self.weekday(self.value(at), last)?;
                return Some((at + 1 + usize::from(last), value, date));
            }
        }
        self.date(at).map(|(end, date)| (end, Value::Day(date), date))
    }

    /// "this morning" is over or under way; nothing can be known of an evening still to come.
    pub(super) fn part_of_today(&self, part: Roles) -> Option<&'static str> {
        let hour = self.now.hour();
        let small_hours = hour < super::resolve::MORNING_HOUR;
        match part {
            MORNING => Some("this morning"),
            AFTERNOON => (hour >= super::resolve::AFTERNOON_HOUR).then_some("this afternoon"),
            _ => (small_hours || hour >= super::resolve::EVENING_HOUR).then_some("this evening"),
        }
    }

    /// "heute [nacht]", "ayer [por la noche]", "hier [soir]".
    fn part_of_day(&self, at: usize) -> Option<(usize, Roles)> {
        let fillers = ARTICLE | OF | IN | ACCENTED_AT;
        let word = if self.next_has(at, MORNING | AFTERNOON | EVENING | NIGHT) {
            at
        } else {
            self.skip(at, fillers, 2)
        };
        if !self.joined(word) {
            return None;
        }
        [MORNING, AFTERNOON, EVENING, NIGHT]
            .into_iter()
            .find(|part| self.has(word, *part))
            .map(|part| (word + 1, part))
    }

    /// French "hier", unless the rest of the message reads German or Dutch.
    fn hier_is_yesterday(&self, at: usize) -> bool {
        if self.next_has(at + 1, MORNING | AFTERNOON | EVENING) {
            return true;
        }
        let count = |roles| self.tokens.iter().filter(|token| token.roles & roles != 0).count();
        count(FRENCH) > count(GERMANIC)
    }

    fn recent_date(&self, month: u32, day: u32) -> Option<Date> {
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        let today = self.now.date();
        // 29 February is up to eight years back.
        (0..9)
            .filter_map(|back| Date::new(today.year().checked_sub(back)?, month, day).ok())
            .find(|date| *date <= today)
    }

    fn date(&self, at: usize) -> Option<(usize, Date)> {
        match self.kind(at)? {
            Kind::Date(date) => Some((at + 1, date)),
            Kind::DayMonth { first, second, dotted, closed } => {
                let by = if dotted { DOT_DATE_PREP } else { DATE_PREP };
                let since = dotted && closed && self.before_has(at, SINCE);
                if !since && !self.before_has(at, by) {
                    return None;
                }
                let (first, second) = (u32::try_from(first).ok()?, u32::try_from(second).ok()?);
                let date = self.recent_date(second, first);
                let date = if dotted { date } else { date.or_else(|| self.recent_date(first, second)) };
                Some((at + 1, date?))
            }
            Kind::Number { value: day, ordinal, .. } => {
                let month = self.skip(at + 1, OF | ARTICLE, 1);
                let near = self.has(month, MONTH) && (self.joined(month) || self.has(month, MONTH));
                let weak =
                    self.has(month, WEAK_MONTH) && !ordinal && !self.before_has(at, DATE_PREP | ARTICLE);
                if !near || weak {
                    return None;
                }
                self.year(self.skip(month + 1, OF, 1), month + 1, u32::from(self.value(month)), day)
            }
            Kind::Word if self.has(at, MONTH) => {
                let number = self.skip(at + 1, ARTICLE, 1);
                let Kind::Number { value: day, ordinal, .. } = self.kind(number)? else { return None };
                let weak = self.has(at, WEAK_MONTH) && !ordinal && !self.before_has(at, DATE_PREP);
                if weak || !self.joined(number) {
                    return None;
                }
                self.year(number + 1, number + 1, u32::from(self.value(at)), day)
            }
            _ => None,
        }
    }

    fn year(&self, at: usize, without: usize, month: u32, day: u32) -> Option<(usize, Date)> {
        if let Some(Kind::Number { value: year @ 1970..=9999, .. }) = self.kind(at) {
            let date =
                Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
            return Some((at + 1, date.ok()?));
        }
        Some((without, self.recent_date(month, day)?))
    }
}
