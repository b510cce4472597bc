//! Lengths of time ("last 10 minutes", "vor einer Stunde") and named periods ("last week", "ce matin").
use super::words::{
    ACCENTED_AT, AFTERNOON, AGO, AGO_BEFORE, AND, ARTICLE, AT, COUPLE, DA, DATE_PREP, DAY, ENGLISH, EVENING,
    FINE, FROM, HALF, HOUR, IN, LAST, LAST_NIGHT, LATER, MIDNIGHT, MINUTE, MINUTES, MONTHS, MORNING, NIGHT,
    NIGHT_PREP, NOON, NUMBER, OF, ONE, ONE_AND_HALF, PAST, POST, QUARTER, SECOND, SINCE, THIS,
    THIS_AFTERNOON, THIS_EVENING, THIS_MORNING, UNIT, WEAK_UNIT, WEEK, WEEKDAY, WEEKEND, YE, YEAR,
};
use super::{
    phrases::{Grammar, LAST_NIGHT_HOURS, Value},
    tokens::Kind,
};

type Step = Option<(usize, Value)>;

impl Grammar<'_> {
    fn unit(&self, at: usize, weak: bool) -> Option<u16> {
        let roles = if weak { UNIT | WEAK_UNIT } else { UNIT };
        self.next_has(at, roles).then(|| self.value(at))
    }

    /// "10 minutes", "an hour and a half", "half an hour", "24h": the token after it, how many, of what.
    pub(super) fn amount(&self, at: usize) -> Option<(usize, u32, u16)> {
        self.amount_of(at, false)
    }

    fn amount_of(&self, at: usize, weak: bool) -> Option<(usize, u32, u16)> {
        match self.kind(at)? {
            Kind::Length(n, unit) => {
                if let (HOUR, Some(Kind::Length(m @ 0..60, MINUTE))) = (unit, self.kind(at + 1)) {
                    return Some((at + 2, n.checked_mul(60)?.checked_add(m)?, MINUTE));
                }
                return Some((at + 1, n, unit));
            }
            Kind::HoursMinutes(h, m) => return Some((at + 1, h.checked_mul(60)?.checked_add(m)?, MINUTE)),
            Kind::Number { value, ordinal: false, .. } => {
                let mut unit_at = at + 1;
                if self.next_has(unit_at, LAST | PAST) {
                    unit_at += 1;
                }
                let unit = self.unit(unit_at, weak)?;
                return Some(self.and_a_half(unit_at + 1, value, unit));
            }
            Kind::Word => {}
            _ => return None,
        }
        if self.has(at, MINUTES) {
            return Some((at + 1, u32::from(self.value(at)), MINUTE));
        }
        let article = usize::from(self.has(at, ONE) && self.joined(at + 1));
        let word = at + article;
        if self.has(word, MINUTES) {
            return Some((word + 1, u32::from(self.value(word)), MINUTE));
        }
        if self.has(word, HALF | QUARTER | ONE_AND_HALF) {
            let unit_at = self.skip(word + 1, ONE | OF, 2);
            let minutes = match (self.unit(unit_at, false)?, self.has(word, HALF), self.has(word, QUARTER)) {
                (HOUR, true, _) => 30,
                (HOUR, _, true) => 15,
                (HOUR, ..) => 90,
                (DAY, true, _) => 12 * 60,
                (DAY, _, false) => 36 * 60,
                _ => return None,
            };
            let (n, unit) = if minutes % 60 == 0 { (minutes / 60, HOUR) } else { (minutes, MINUTE) };
            return Some((unit_at + 1, n, unit));
        }
        if self.has(word, NUMBER | COUPLE) {
            let mut unit_at = self.skip(word + 1, OF, 1);
            if self.next_has(unit_at, LAST | PAST) {
                unit_at += 1;
            }
            let unit = self.unit(unit_at, weak)?;
            return Some(self.and_a_half(unit_at + 1, u32::from(self.value(word)), unit));
        }
        if article == 1 {
            let unit = self.unit(word, weak)?;
            return Some(self.and_a_half(word + 1, 1, unit));
        }
        None
    }

    /// "… and a half", "… y media".
    fn and_a_half(&self, end: usize, n: u32, unit: u16) -> (usize, u32, u16) {
        let half = self.skip(end + 1, ONE, 1);
        if unit == HOUR && self.next_has(end, AND) && self.next_has(half, HALF) && n < 1000 {
            return (half + 1, n * 60 + 30, MINUTE);
        }
        (end, n, unit)
    }

    fn back(end: usize, n: u32, unit: u16) -> Step {
        (n > 0).then_some((end, Value::Back(n, unit)))
    }

    /// Lengths that reach back from now.
    pub(super) fn length(&self, at: usize) -> Step {
        // "last 10 minutes", "past hour", "the last couple of days"
        if self.has(at, LAST | PAST) {
            if self.joined(at + 1)
                && let Some((end, n, unit)) = self.amount(at + 1)
            {
                return Self::back(end, n, unit);
            }
            let unit = self.unit(at + 1, self.has(at, PAST))?;
            let named = self.has(at, LAST) && matches!(unit, WEEK | MONTHS | YEAR);
            return if named || unit == SECOND { None } else { Self::back(at + 2, 1, unit) };
        }
        // "hace 3 días", "vor einer Stunde", "il y a 3 jours"
        if self.has(at, AGO_BEFORE)
            && let Some((end, n, unit)) = self.amount_of(at + 1, true)
            && self.joined(at + 1)
        {
            return Self::back(end, n, unit);
        }
        if self.has(at, YE)
            && self.next_has(at + 1, ACCENTED_AT)
            && let Some((end, n, unit)) = self.amount_of(at + 2, true)
        {
            return Self::back(end, n, unit);
        }
        // "seit 3 Tagen", "desde hace 3 días", "da 3 giorni"
        if self.has(at, SINCE | FROM) {
            let amount_at = self.skip(at + 1, AGO_BEFORE, 1);
            let (end, n, unit) = self.amount_of(amount_at, true)?;
            let from_here =
                self.has(at, SINCE | DA) || self.next_has(end, AGO) || !self.has(at, OF | ENGLISH | ARTICLE);
            let long_enough = !matches!(self.kind(amount_at), Some(Kind::Number { .. })) || n < 10_000;
            let end = if self.next_has(end, AGO) { end + 1 } else { end };
            return if from_here && long_enough && self.joined(at + 1) {
                Self::back(end, n, unit)
            } else {
                None
            };
        }
        let (end, n, unit) = self.amount_of(at, true)?;
        // "3 days ago", "10 dernières minutes", "3 semanas pasadas"
        if self.next_has(end, AGO) {
            return Self::back(end + 1, n, unit);
        }
        if self.next_has(end, POST) {
            return Self::back(end + 1, n, unit);
        }
        if matches!(self.kind(at), Some(Kind::Number { .. })) && self.has(at + 1, LAST | PAST) {
            return Self::back(end, n, unit);
        }
        // "half an hour", "a couple of hours"; not "in half an hour"
        if self.before_has(at, LATER) {
            return None;
        }
        let vague = (at..end).any(|i| self.has(i, HALF | QUARTER | MINUTES | COUPLE | ONE_AND_HALF));
        let vague = vague && self.has(end - 1, UNIT | MINUTES | HALF);
        // "plex cpu 24h"
        let shorthand = matches!(self.kind(at), Some(Kind::Length(_, HOUR | DAY | WEEK | MONTHS)))
            && end == self.tokens.len()
            && !self.before_has(at, ARTICLE | ONE);
        if vague || shorthand { Self::back(end, n, unit) } else { None }
    }

    /// Periods with a name.
    pub(super) fn period(&self, at: usize) -> Step {
        if self.has(at, LAST_NIGHT) {
            return Self::back(at + 1, LAST_NIGHT_HOURS, HOUR);
        }
        for (role, part) in [(THIS_MORNING, MORNING), (THIS_AFTERNOON, AFTERNOON), (THIS_EVENING, EVENING)] {
            if self.has(at, role) {
                return Some((at + 1, Value::Named(self.part_of_today(part)?)));
            }
        }
        if self.has(at, MIDNIGHT) {
            return Some((at + 1, Value::Named("midnight")));
        }
        if self.has(at, NOON)
            && self.before_has(at, SINCE | AT | IN | ARTICLE | ACCENTED_AT | FROM | DATE_PREP)
        {
            return Some((at + 1, Value::Named("noon")));
        }
        if self.has(at, THIS | LAST | PAST) {
            return self.qualified(at);
        }
        // "la semana pasada", "la nuit dernière"
        if self.has(at, UNIT | NIGHT | EVENING | WEEKEND) && self.next_has(at + 1, POST) {
            if self.has(at, WEEKEND) {
                return Some((at + 2, Value::Named("weekend")));
            }
            if self.has(at, NIGHT | EVENING) {
                return Self::back(at + 2, LAST_NIGHT_HOURS, HOUR);
            }
            return match self.value(at) {
                unit @ (WEEK | MONTHS | YEAR) => Some((at + 2, Value::Named(last_name(unit)?))),
                SECOND => None,
                unit => Self::back(at + 2, 1, unit),
            };
        }
        if let Some(end) = self.weekend(at)
            && self.before_has(at, ARTICLE | IN | SINCE | DATE_PREP | OF | FROM | AT | NIGHT_PREP)
        {
            return Some((end, Value::Named("weekend")));
        }
        // "during the night", "in der Nacht", "über Nacht", "'s nachts"
        if self.has(at, NIGHT) {
            let before = |n: usize, roles| at >= n && self.has(at - n, roles);
            let direct = before(1, NIGHT_PREP) && !before(1, LATER) || before(1, OF) && before(2, NIGHT_PREP);
            let nightly = before(1, ARTICLE) && before(2, NIGHT_PREP | IN) && !before(2, AT);
            let durante = before(1, IN) && self.has(at - 1, NIGHT_PREP);
            if self.joined(at) && (direct || nightly || durante) {
                return Self::back(at + 1, LAST_NIGHT_HOURS, HOUR);
            }
        }
        None
    }

    fn weekend(&self, at: usize) -> Option<usize> {
        if self.has(at, WEEKEND) {
            return Some(at + 1);
        }
        // "fin de semana", "fim de semana", "fine settimana"
        let unit = self.skip(at + 1, OF, 1);
        (self.has(at, FINE) && self.next_has(unit, UNIT) && self.value(unit) == WEEK).then_some(unit + 1)
    }

    /// What follows "this" and "last".
    fn qualified(&self, at: usize) -> Step {
        let this = self.has(at, THIS);
        if !self.joined(at + 1) {
            return None;
        }
        if self.has(at + 1, WEEKDAY) {
            let (end, value, _) = self.day(at + 1)?;
            return Some((end, value));
        }
        if let Some(end) = self.weekend(at + 1) {
            return Some((end, Value::Named("weekend")));
        }
        if self.has(at + 1, NIGHT) || (!this && self.has(at + 1, EVENING)) {
            return Self::back(at + 2, LAST_NIGHT_HOURS, HOUR);
        }
        if this {
            let part = [MORNING, AFTERNOON, EVENING].into_iter().find(|part| self.has(at + 1, *part));
            if let Some(part) = part {
                return Some((at + 2, Value::Named(self.part_of_today(part)?)));
            }
        }
        let name = match (this, self.unit(at + 1, false)?) {
            (true, HOUR) => return Self::back(at + 2, 1, HOUR),
            (true, DAY) => "today",
            (true, WEEK) => "this week",
            (true, MONTHS) => "this month",
            (true, YEAR) => "this year",
            (false, unit) => last_name(unit)?,
            _ => return None,
        };
        Some((at + 2, Value::Named(name)))
    }
}

const fn last_name(unit: u16) -> Option<&'static str> {
    match unit {
        WEEK => Some("last week"),
        MONTHS => Some("last month"),
        YEAR => Some("last year"),
        _ => None,
    }
}
