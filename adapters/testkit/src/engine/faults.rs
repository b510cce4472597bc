//! The ways in which an engine fails.

use std::collections::HashMap;

use serde_json::Value;

/// What an engine does instead of answering. Settable at any time; open connections and streams feel it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fault {
    /// Answers as it should.
    #[default]
    None,
    /// Takes the request and never answers. Open streams fall silent, and go on when the fault is taken back.
    Hang,
    /// Sends bodies at this many bytes per second.
    Slow(u64),
    /// Sends half of the body, then closes the connection.
    Truncate,
    /// Answers 200 with HTML, as a captive portal or a wrong proxy does.
    Garbage,
    /// Answers with this HTTP status and the engine's error body. Open streams break.
    Status(u16),
    /// Answers with the right fields and the wrong types: numbers for strings and the other way round.
    WrongJson,
    /// The engine is dead and its socket file is still there: connecting is refused, open connections are cut.
    /// On one endpoint: closes the connection without an answer.
    Refuse,
    /// The engine is dead and its socket file is gone; on one endpoint as [`Fault::Refuse`].
    Gone,
    /// Ends event streams, open and new ones, cleanly.
    CutEvents,
    /// The engine speaks this version, such as "1.40" or "1.56". For the whole engine, not for one endpoint.
    ApiVersion(&'static str),
}

/// A question that the engine knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    Ping,
    Version,
    Info,
    List,
    Inspect,
    Stats,
    Logs,
    Events,
    Df,
    /// Whatever the simulator refuses.
    Other,
}

impl Endpoint {
    /// The name that `FakeEngine::count` takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Version => "version",
            Self::Info => "info",
            Self::List => "list",
            Self::Inspect => "inspect",
            Self::Stats => "stats",
            Self::Logs => "logs",
            Self::Events => "events",
            Self::Df => "df",
            Self::Other => "other",
        }
    }

    /// Which endpoint a path without its query asks for; the container's name as written, percent-encoded.
    pub(crate) fn of(path: &str) -> (Self, &str) {
        let path = unversioned(path).1;
        match path {
            "/_ping" => (Self::Ping, ""),
            "/version" => (Self::Version, ""),
            "/info" => (Self::Info, ""),
            "/containers/json" => (Self::List, ""),
            "/events" => (Self::Events, ""),
            "/system/df" => (Self::Df, ""),
            _ => path
                .strip_prefix("/containers/")
                .and_then(|rest| rest.rsplit_once('/'))
                .filter(|(name, _)| !name.is_empty())
                .and_then(|(name, what)| match what {
                    "json" => Some((Self::Inspect, name)),
                    "stats" => Some((Self::Stats, name)),
                    "logs" => Some((Self::Logs, name)),
                    _ => None,
                })
                .unwrap_or((Self::Other, "")),
        }
    }
}

/// The API version in front of a path (`/v1.41/info`), and the path without it.
pub(crate) fn unversioned(path: &str) -> (Option<&str>, &str) {
    path.strip_prefix("/v")
        .and_then(|rest| rest.find('/').map(|slash| rest.split_at(slash)))
        .filter(|(version, _)| {
            !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        })
        .map_or((None, path), |(version, tail)| (Some(version), tail))
}

/// Which faults are on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    pub(crate) all: Fault,
    pub(crate) on: HashMap<Endpoint, Fault>,
}

impl Faults {
    pub(crate) fn at(&self, endpoint: Endpoint) -> Fault {
        self.on.get(&endpoint).copied().unwrap_or(self.all)
    }

    /// The version the engine claims to speak, and the oldest that it still understands.
    pub(crate) fn versions(&self) -> (&'static str, &'static str) {
        match self.all {
            // moby 29 (API 1.52) no longer understands clients before 1.44
            Fault::ApiVersion(version) if number(version) >= (1, 52) => (version, "1.44"),
            Fault::ApiVersion(version) => (version, "1.12"),
            _ => ("1.41", "1.12"),
        }
    }
}

/// "1.41" as something that can be compared.
pub(crate) fn number(version: &str) -> (u32, u32) {
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    (major.parse().unwrap_or(0), minor.parse().unwrap_or(0))
}

/// Every value replaced by one of another type.
pub(crate) fn wrong(value: Value) -> Value {
    match value {
        Value::Null => Value::from(false),
        Value::Bool(_) => Value::from("perhaps"),
        Value::Number(n) => Value::from(format!("number {n}")),
        Value::String(s) => Value::from(s.len()),
        Value::Array(items) if items.is_empty() => Value::from("none"),
        Value::Array(items) => items.into_iter().map(wrong).collect(),
        Value::Object(fields) if fields.is_empty() => Value::Array(Vec::new()),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, wrong(value))).collect(),
    }
}

/// What a captive portal says.
pub(crate) const HTML: &str = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Welcome to the hotel network</body></html>\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_recognised_with_and_without_a_version() {
        assert_eq!(Endpoint::of("/v1.41/containers/plex/json"), (Endpoint::Inspect, "plex"));
        assert_eq!(Endpoint::of("/containers/a/b/logs"), (Endpoint::Logs, "a/b"));
        assert_eq!(Endpoint::of("/containers/json"), (Endpoint::List, ""));
        assert_eq!(Endpoint::of("/containers//json"), (Endpoint::Other, ""));
        assert_eq!(Endpoint::of("/containers/plex/start"), (Endpoint::Other, ""));
        assert_eq!(Endpoint::of("/v/info"), (Endpoint::Other, ""));
        assert_eq!(unversioned("/version"), (None, "/version"));
        assert_eq!(unversioned("/v1.41/version"), (Some("1.41"), "/version"));
    }
}
