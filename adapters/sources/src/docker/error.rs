//! What went wrong with an engine, in words that say what to do.

use std::io::ErrorKind;

use bollard::errors::Error;
use steward_core::fleet::SourceError;

use super::Address;

/// Why a call failed, before it is known whether Docker is expected here at all.
#[derive(Debug)]
pub(super) enum CallError {
    NoSocket,
    Denied,
    Refused,
    Deadline(u64),
    NotFound(String),
    Status(u16, String),
    Garbage(String),
    TooOld(String),
    Other(String),
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        if let Error::DockerResponseServerError { status_code: 404, message } = &error {
            return Self::NotFound(brief(message));
        }
        if let Error::DockerResponseServerError { status_code, message } = &error {
            return Self::Status(*status_code, brief(message));
        }
        match io_kind(&error) {
            Some(ErrorKind::NotFound) => return Self::NoSocket,
            Some(ErrorKind::PermissionDenied) => return Self::Denied,
            Some(ErrorKind::ConnectionRefused) => return Self::Refused,
            _ => {}
        }
        match &error {
            Error::JsonDataError { .. } | Error::JsonSerdeError { .. } => {
                Self::Garbage(brief(&error.to_string()))
            }
            _ => Self::Other(brief(&chain(&error))),
        }
    }
}

impl CallError {
    /// `expected`: Docker is configured or has been seen here.
    pub(super) fn explain(self, address: &Address, expected: bool) -> SourceError {
        let unknown = |what: String| SourceError::Unknown(format!("Docker at {address} {what}"));
        match self {
            Self::NoSocket if !expected => SourceError::Absent(format!("no Docker here: {address} does not exist")),
            Self::NoSocket => unknown("is not there: the socket does not exist; is the engine running?".into()),
            Self::Denied => unknown(
                "does not let this user in: permission denied on the socket; add the user to the group that owns it".into(),
            ),
            Self::Refused => unknown("does not answer: nothing listens on the socket; is the engine running?".into()),
            Self::Deadline(seconds) => unknown(format!("did not answer within {seconds} s")),
            Self::NotFound(message) => SourceError::NotFound(message),
            Self::Status(status, message) => unknown(format!("answered with error {status}: {message}")),
            Self::Garbage(why) => unknown(format!("sent an answer that is not what the API promises: {why}")),
            Self::TooOld(version) => unknown(format!("speaks API {version}; 1.41 (Docker 20.10) or newer is needed")),
            Self::Other(why) => unknown(format!("could not be read: {why}")),
        }
    }
}

/// The kind of the first I/O error in the chain of causes.
fn io_kind(error: &(dyn std::error::Error + 'static)) -> Option<ErrorKind> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(io) = current.downcast_ref::<std::io::Error>() {
            return Some(io.kind());
        }
        next = current.source();
    }
    None
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}

fn brief(text: &str) -> String {
    steward_core::tell::clean_line(text, 200)
}
