//! What failed, on which path, why, and what to do about it.

use std::{io, path::PathBuf, time::Duration};

use steward_core::fleet::SourceError;

#[derive(Debug, thiserror::Error)]
pub(super) enum HostError {
    #[error("{} could not be read: {source}. {}", .path.display(), advice(.source))]
    Read { path: PathBuf, source: io::Error },
    #[error("{} could not be understood: {reason}. Is it a file of the Linux kernel?", .path.display())]
    Parse { path: PathBuf, reason: String },
    #[error(
        "{what} gave no answer within {} ms. A device or a file server hangs; the kernel log (dmesg) says which",
        .deadline.as_millis()
    )]
    Silent { what: String, deadline: Duration },
    #[error(
        "no thread could be started to read {what}: {source}. Raise the limit of tasks (pids) of this service"
    )]
    Thread { what: String, source: io::Error },
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => {
            "In a container, mount the host's /proc and /sys read-only and name the places in the configuration"
        }
        io::ErrorKind::PermissionDenied => {
            "Allow this user to read it: the option hidepid of /proc and security profiles forbid it"
        }
        _ => "Look into the kernel log (dmesg)",
    }
}

impl HostError {
    /// A machine without this /proc that was never read is not missed.
    pub(super) fn into_source(self, seen: bool) -> SourceError {
        let missing = matches!(&self, Self::Read { source, .. } if source.kind() == io::ErrorKind::NotFound);
        let text = format!("The host could not be read: {self}");
        if missing && !seen { SourceError::Absent(text) } else { SourceError::Unknown(text) }
    }
}
