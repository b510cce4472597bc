//! What is wrong with the configuration: where, what is allowed, what was probably meant.

use serde::Serialize;

/// Which layer a value came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Origin {
    Default,
    Environment,
    /// The file that `X_FILE` or the credentials directory names.
    SecretFile(String),
    /// `steward.toml`, with line and column.
    File(String),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Environment => f.write_str("environment"),
            Self::SecretFile(path) | Self::File(path) => f.write_str(path),
        }
    }
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigError {
    pub key: String,
    /// `steward.toml:12:3`, or `environment`.
    pub at: String,
    pub message: String,
    pub help: String,
}

impl ConfigError {
    pub fn new(key: &str, at: &Origin, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { key: key.to_owned(), at: at.to_string(), message: message.into(), help: help.into() }
    }
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}: {}", self.at, self.key, self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(f, "\n    {}", self.help) }
    }
}

/// The known word that was probably meant.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored =
        known.into_iter().map(|k| (strsim::jaro_winkler(&word.to_lowercase(), &k.to_lowercase()), k));
    scored.filter(|(score, _)| *score >= 0.85).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, k)| k)
}
