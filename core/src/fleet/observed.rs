//! A value with the time it was read, and how a source of such values is doing.

use jiff::Timestamp;
use serde::Serialize;

/// A value and when it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed<T> {
    pub value: T,
    pub at: Timestamp,
}

impl<T> Observed<T> {
    pub const fn new(value: T, at: Timestamp) -> Self {
        Self { value, at }
    }

    /// The age of the reading; zero if the clock went back.
    pub fn age_s(&self, now: Timestamp) -> u64 {
        u64::try_from(now.as_second() - self.at.as_second()).unwrap_or(0)
    }
}

/// How far a source can be relied on. `Absent`: not set up here, and so not missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    Fresh,
    Absent,
    Stale,
    Unknown,
}

/// One source as it is named in every answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceReport {
    pub name: String,
    pub state: Freshness,
    /// Age of the last good reading, in seconds.
    pub age_s: Option<u64>,
    /// Why it could not be read, in words for a person.
    pub error: Option<String>,
}

/// Why a source gave no reading. The text says what failed, on what, why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// Not set up and never seen: nobody misses it.
    #[error("{0}")]
    Absent(String),
    /// Set up, or seen before, and not readable now.
    #[error("{0}")]
    Unknown(String),
    /// The one thing asked for is not there (any more).
    #[error("{0}")]
    NotFound(String),
}

impl SourceError {
    /// The state of a source whose last call ended like this.
    pub const fn freshness(&self) -> Freshness {
        match self {
            Self::Absent(_) => Freshness::Absent,
            Self::Unknown(_) => Freshness::Unknown,
            Self::NotFound(_) => Freshness::Fresh,
        }
    }
}
