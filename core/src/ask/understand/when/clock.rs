//! Wall times as instants, in the zone of the one who asks, through changes of the clock.

use jiff::{
    ToSpan, Zoned,
    civil::{Date, Time},
};

/// A wall time as it was said. `loose`: it may mean either half of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    pub time: Time,
    pub loose: bool,
}

impl Clock {
    fn morning(self) -> Self {
        Self { time: self.at(self.time.hour() % 12), loose: false }
    }

    fn evening(self) -> Self {
        Self { time: self.at(self.time.hour() % 12 + 12), loose: false }
    }

    fn at(self, hour: i8) -> Time {
        Time::new(hour, self.time.minute(), self.time.second(), 0).unwrap_or(self.time)
    }
}

/// The instant of a wall time on a day, not after `now` if it can be helped: a time that the clock shows twice is the
/// later one that has been, a time that it skips is moved by the length of the gap (RFC 5545).
pub(super) fn on_date(date: Date, time: Time, now: &Zoned) -> Option<Zoned> {
    let moment = now.time_zone().to_ambiguous_zoned(date.to_datetime(time));
    if moment.is_ambiguous()
        && let (Ok(earlier), Ok(later)) = (moment.clone().earlier(), moment.clone().later())
        && earlier.datetime() == later.datetime()
    {
        return Some(if later.timestamp() <= now.timestamp() { later } else { earlier });
    }
    moment.compatible().ok()
}

/// The most recent instant at which the clock showed `time`.
pub(super) fn latest(time: Time, now: &Zoned) -> Option<Zoned> {
    let mut date = now.date();
    for _ in 0..3 {
        if let Some(moment) = on_date(date, time, now)
            && moment.timestamp() <= now.timestamp()
        {
            return Some(moment);
        }
        date = date.checked_sub(1.day()).ok()?;
    }
    None
}

/// The most recent instant of what was said.
pub(super) fn recent(clock: Clock, now: &Zoned) -> Option<Zoned> {
    if clock.loose {
        latest(clock.morning().time, now).into_iter().chain(latest(clock.evening().time, now)).max()
    } else {
        latest(clock.time, now)
    }
}

/// The most recent window from one wall time to another, complete if it can be; on `date` where one was named.
pub(super) fn window(from: Clock, to: Clock, date: Option<Date>, now: &Zoned) -> Option<(Zoned, Zoned)> {
    let pairs = match (from.loose, to.loose) {
        (true, true) => [(from.morning(), to.morning()), (from.evening(), to.evening())],
        // "between 2 and 4 pm": the half of the day is said once, and the window is the short one.
        (true, false) => [(from.morning(), to), (from.evening(), to)],
        (false, true) => [(from, to.morning()), (from, to.evening())],
        (false, false) => [(from, to), (from, to)],
    };
    let one_loose = from.loose != to.loose;
    let mut best: Option<(bool, i64, Zoned, Zoned)> = None;
    for (a, b) in pairs {
        let start = match date {
            Some(date) => on_date(date, a.time, now),
            None => latest(a.time, now),
        };
        let Some(start) = start else { continue };
        let mut day = start.date();
        if b.time <= a.time {
            let Ok(next) = day.checked_add(1.day()) else { continue };
            day = next;
        }
        let Ok(end) = now.time_zone().to_ambiguous_zoned(day.to_datetime(b.time)).compatible() else {
            continue;
        };
        if end.timestamp() <= start.timestamp() {
            continue;
        }
        let length = end.timestamp().as_second() - start.timestamp().as_second();
        let over = end.timestamp() <= now.timestamp();
        let rank = if one_loose || date.is_some() { -length } else { start.timestamp().as_second() };
        let better = best.as_ref().is_none_or(|(best_over, best_rank, ..)| {
            if one_loose { rank > *best_rank } else { (over, rank) > (*best_over, *best_rank) }
        });
        if better {
            best = Some((over, rank, start, end));
        }
    }
    best.map(|(_, _, start, end)| (start, end))
}
