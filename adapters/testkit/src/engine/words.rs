//! Times and statuses in the engine's own words.

use jiff::Timestamp;

use super::container::{Container, Health, RunState};

/// A time that never was, as Go writes it.
const ZERO_TIME: &str = "0001-01-01T00:00:00Z";

/// RFC 3339 with as many digits as needed, as the engine writes times. `None` is Go's zero time.
pub(crate) fn rfc3339(nanos: Option<i64>) -> String {
    nanos
        .and_then(|n| Timestamp::from_nanosecond(i128::from(n)).ok())
        .map_or_else(|| ZERO_TIME.into(), |t| t.to_string())
}

/// Log timestamps always have nine digits (`jsonfilelog` pads them).
pub(crate) fn padded(nanos: i64) -> String {
    Timestamp::from_nanosecond(i128::from(nanos)).map_or_else(|_| ZERO_TIME.into(), |t| format!("{t:.9}"))
}

/// go-units `HumanDuration`, the wording of every "Up …" and "… ago".
fn human(nanos: i64) -> String {
    let seconds = nanos.max(0) / 1_000_000_000;
    let minutes = seconds / 60;
    let hours = (seconds + 1_800) / 3_600;
    match () {
        () if seconds < 1 => "Less than a second".into(),
        () if seconds == 1 => "1 second".into(),
        () if seconds < 60 => format!("{seconds} seconds"),
        () if minutes == 1 => "About a minute".into(),
        () if minutes < 60 => format!("{minutes} minutes"),
        () if hours == 1 => "About an hour".into(),
        () if hours < 48 => format!("{hours} hours"),
        () if hours < 24 * 7 * 2 => format!("{} days", hours / 24),
        () if hours < 24 * 30 * 2 => format!("{} weeks", hours / 24 / 7),
        () if hours < 24 * 365 * 2 => format!("{} months", hours / 24 / 30),
        () => format!("{} years", seconds / 3_600 / 24 / 365),
    }
}

/// moby `State.String()`: the `Status` of a row in the list.
pub(crate) fn status(container: &Container, now: i64) -> String {
    let up = || human(now - container.started.unwrap_or(now));
    let ago = || human(now - container.finished.unwrap_or(now));
    match container.state {
        RunState::Created => "Created".into(),
        RunState::Paused => format!("Up {} (Paused)", up()),
        RunState::Restarting => format!("Restarting ({}) {} ago", container.exit_code, ago()),
        RunState::Dead => "Dead".into(),
        RunState::Exited => format!("Exited ({}) {} ago", container.exit_code, ago()),
        RunState::Running => match &container.health {
            None => format!("Up {}", up()),
            Some(Health::Starting) => format!("Up {} (health: starting)", up()),
            Some(Health::Healthy) => format!("Up {} (healthy)", up()),
            Some(Health::Unhealthy(_)) => format!("Up {} (unhealthy)", up()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_the_engine_writes_them() {
        for (seconds, said) in [
            (0, "Less than a second"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "About a minute"),
            (119, "About a minute"),
            (120, "2 minutes"),
            (3_599, "59 minutes"),
            (3_600, "About an hour"),
            (5_399, "About an hour"),
            (5_400, "2 hours"),
            (47 * 3_600, "47 hours"),
            (48 * 3_600, "2 days"),
            (14 * 86_400, "2 weeks"),
            (60 * 86_400, "2 months"),
            (730 * 86_400, "2 years"),
        ] {
            assert_eq!(human(seconds * 1_000_000_000), said, "{seconds} s");
        }
    }

    #[test]
    fn times_are_go_times() {
        assert_eq!(rfc3339(None), "0001-01-01T00:00:00Z");
        assert_eq!(rfc3339(Some(1_795_179_895_430_587_700)), "2026-11-20T13:04:55.4305877Z");
        assert_eq!(padded(1_795_179_895_000_000_000), "2026-11-20T13:04:55.000000000Z");
    }
}
