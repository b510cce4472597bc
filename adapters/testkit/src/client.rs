//! The smallest HTTP client that tests need: one request per connection, over a unix socket, blocking.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use httparse::Status;
use serde_json::Value;

/// Asks an engine on a socket, simulated or real, without any of the product's code.
#[derive(Debug, Clone)]
pub struct Client {
    socket: PathBuf,
    timeout: Duration,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether the body was as long as announced.
    pub complete: bool,
}

impl Client {
    pub fn new(socket: &Path) -> Self {
        Self { socket: socket.to_owned(), timeout: Duration::from_secs(30) }
    }

    /// How long one read may take; 30 s unless said.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    pub fn get(&self, target: &str) -> Reply {
        self.ask("GET", target, "application/json", &[])
    }

    pub fn post(&self, target: &str, body: &Value) -> Reply {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.ask("POST", target, "application/json", body.as_bytes())
    }

    pub fn delete(&self, target: &str) -> Reply {
        self.ask("DELETE", target, "application/json", &[])
    }

    pub fn ask(&self, method: &str, target: &str, kind: &str, body: &[u8]) -> Reply {
        self.try_ask(method, target, kind, body)
            .unwrap_or_else(|error| panic!("{method} {target} on {}: {error}", self.socket.display()))
    }

    pub fn try_get(&self, target: &str) -> std::io::Result<Reply> {
        self.try_ask("GET", target, "application/json", &[])
    }

    /// An answer, even half a one; an error when there is none at all.
    pub fn try_ask(&self, method: &str, target: &str, kind: &str, body: &[u8]) -> std::io::Result<Reply> {
        let mut stream = UnixStream::connect(&self.socket)?;
        stream.set_read_timeout(Some(self.timeout))?;
        stream.set_write_timeout(Some(self.timeout))?;
        let length = body.len();
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let mut all = Vec::new();
        match stream.read_to_end(&mut all) {
            Err(error) if all.is_empty() => return Err(error),
            _ => {}
        }
        Reply::parse(&all, method == "HEAD")
            .ok_or_else(|| std::io::Error::other(format!("no HTTP answer in {} bytes", all.len())))
    }
}

impl Reply {
    fn parse(all: &[u8], head_only: bool) -> Option<Self> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut response = httparse::Response::new(&mut headers);
        let Ok(Status::Complete(start)) = response.parse(all) else { return None };
        let status = response.code?;
        let headers: Vec<(String, String)> = response
            .headers
            .iter()
            .map(|h| (h.name.to_ascii_lowercase(), String::from_utf8_lossy(h.value).into_owned()))
            .collect();
        let rest = all.get(start..).unwrap_or_default();
        let said = |name: &str| headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let (body, complete) = if head_only {
            (Vec::new(), true)
        } else if said("transfer-encoding") == Some("chunked") {
            unchunked(rest)
        } else if let Some(length) = said("content-length").and_then(|n| n.parse::<usize>().ok()) {
            (rest.to_vec(), rest.len() == length)
        } else {
            (rest.to_vec(), true)
        };
        Some(Self { status, headers, body, complete })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in: {}", self.text()))
    }

    /// The body of a stream of JSON values, one per line.
    pub fn json_lines(&self) -> Vec<Value> {
        let lines = serde_json::Deserializer::from_slice(&self.body).into_iter();
        lines.map(|line| line.unwrap_or_else(|error| panic!("{error} in: {}", self.text()))).collect()
    }
}

fn unchunked(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Ok(Status::Complete((start, size))) = httparse::parse_chunk_size(rest) {
        if size == 0 {
            return (body, true);
        }
        let end = start.saturating_add(usize::try_from(size).unwrap_or(usize::MAX));
        let Some(chunk) = rest.get(start..end) else {
            body.extend_from_slice(rest.get(start..).unwrap_or_default());
            break;
        };
        body.extend_from_slice(chunk);
        rest = rest.get(end + 2..).unwrap_or_default();
    }
    (body, false)
}
