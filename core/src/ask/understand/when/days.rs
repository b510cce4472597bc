//! Days: named, weekdays and dates, and the parts of a day.

use jiff::{ToSpan, civil::Date};

use super::words::{
    ACCENTED_AT, AFTERNOON, ARTICLE, AT, BEFORE, BEFORE_YESTERDAY, DATE_PREP, DAY, DOT_DATE_PREP, EVENING,
    FRENCH, GERMANIC, HIER, HOUR, HUI, IN, LAST, MONTH, MORNING, NIGHT, OF, ORDINAL_WEEKDAY, PAST, POST,
    Roles, SINCE, TODAY, UNIT, WEAK_MONTH, WEEKDAY, YESTERDAY,
};
use super::{
    phrases::{Grammar, LAST_NIGHT_HOURS, Value},
    resolve::{AFTERNOON_HOUR, EVENING_HOUR, MORNING_HOUR},
    tokens::Kind,
};

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl Grammar<'_> {
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
        let small_hours = hour < MORNING_HOUR;
        match part {
            MORNING => Some("this morning"),
            AFTERNOON => (hour >= AFTERNOON_HOUR).then_some("this afternoon"),
            _ => (small_hours || hour >= EVENING_HOUR).then_some("this evening"),
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
                let near = self.has(month, MONTH);
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
