//! What was asked.

/// One request, as its request line said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    /// The request target exactly as sent.
    pub target: String,
    /// The target up to the `?`.
    pub path: String,
    /// The target after the `?`, without it; empty when there is none.
    pub query: String,
    /// The connection it came on, counted from 1.
    pub connection: u64,
}

impl Seen {
    pub(crate) fn new(method: &str, target: &str, connection: u64) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.into(),
            target: target.into(),
            path: path.into(),
            query: query.into(),
            connection,
        }
    }

    /// Whether it only reads: GET or HEAD.
    pub fn is_read(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }
}
