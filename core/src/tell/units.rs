//! Units as people read them: sizes in IEC units with one decimal, durations in one unit, times in the user's zone.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/// `1.7 TiB`; whole bytes below one KiB. Rounds before it chooses the unit, so `1024.0 MiB` never appears.
pub fn bytes(size: u64) -> String {
    let mut value = size as f64;
    let mut unit = 0;
    while unit + 1 < UNITS.len() && (if unit == 0 { value } else { (value * 10.0).round() / 10.0 }) >= 1024.0
    {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{size} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// `1.2 MiB/s`.
pub fn rate(bytes_per_s: f64) -> String {
    format!("{}/s", bytes(bytes_per_s.max(0.0) as u64))
}

/// `83 %`; below ten with one decimal, where it matters. Never `100 %` for something not full.
pub fn percent(value: f64) -> String {
    if !value.is_finite() {
        return "?".into();
    }
    if value > 0.0 && value < 9.95 {
        format!("{value:.1} %")
    } else if value < 100.0 {
        format!("{:.0} %", value.round().min(99.0))
    } else {
        format!("{value:.0} %")
    }
}

/// `40 s`, `12 min`, `3 h 5 min`, `9 d`.
pub fn duration(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => {
            let (h, m) = (seconds / 3_600, seconds % 3_600 / 60);
            if m == 0 || h >= 10 { format!("{h} h") } else { format!("{h} h {m} min") }
        }
        172_800..=63_071_999 => format!("{} d", seconds / 86_400),
        _ => format!("{} years", seconds / 31_536_000),
    }
}

/// `12 min ago`; a time in the future (a clock that is wrong somewhere) is `just now`.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    match u64::try_from(now.as_second() - at.as_second()) {
        Ok(0) | Err(_) => "just now".into(),
        Ok(seconds) => format!("{} ago", duration(seconds)),
    }
}

/// The time of day today, with the weekday in the last six days, else the date: `06:58`, `Fri 22:10`, `2 Mar 22:10`.
pub fn moment(at: Timestamp, now: &Zoned) -> String {
    let zone: &TimeZone = now.time_zone();
    let then = at.to_zoned(zone.clone());
    let days = then.date().until(now.date()).map_or(i32::MAX, |span| span.get_days());
    let format = match days {
        0 => "%H:%M",
        1..=6 => "%a %H:%M",
        _ if then.year() == now.year() => "%-d %b %H:%M",
        _ => "%-d %b %Y",
    };
    then.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_round_before_they_choose_a_unit() {
        let table = [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1.0 KiB"),
            (1_048_524, "1023.9 KiB"),
            (1_048_575, "1.0 MiB"),
            (1_073_741_823, "1.0 GiB"),
            (1_869_169_767_219, "1.7 TiB"),
            (u64::MAX, "16384.0 PiB"),
        ];
        for (size, text) in table {
            assert_eq!(bytes(size), text);
        }
    }

    #[test]
    fn not_quite_full_is_not_full() {
        assert_eq!(percent(99.96), "99 %");
        assert_eq!(percent(100.0), "100 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(1.04), "1.0 %");
        assert_eq!(percent(f64::NAN), "?");
    }

    #[test]
    fn durations_and_moments() {
        assert_eq!(duration(90), "90 s");
        assert_eq!(duration(3_600), "60 min");
        assert_eq!(duration(11_100), "3 h 5 min");
        assert_eq!(duration(800_000), "9 d");
        let now: Zoned = "2026-03-14T07:42:00[Europe/Lisbon]".parse().unwrap();
        let at = |t: &str| t.parse::<Zoned>().unwrap().timestamp();
        assert_eq!(moment(at("2026-03-14T06:58:00[Europe/Lisbon]"), &now), "06:58");
        assert_eq!(moment(at("2026-03-13T22:10:00[Europe/Lisbon]"), &now), "Fri 22:10");
        assert_eq!(moment(at("2026-03-02T22:10:00[Europe/Lisbon]"), &now), "2 Mar 22:10");
        assert_eq!(moment(at("2025-03-02T22:10:00[Europe/Lisbon]"), &now), "2 Mar 2025");
        assert_eq!(ago(now.timestamp(), now.timestamp()), "just now");
    }
}
