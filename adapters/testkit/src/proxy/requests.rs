//! Finds the request lines in what a client sends on one connection.

use httparse::Status;

/// Longer heads are not HTTP to us.
const HEAD_MAX: usize = 1 << 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) method: String,
    pub(crate) target: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before or in the head of a request.
    Head,
    /// So many bytes of a body are to come.
    Body(u64),
    /// Before the size of a chunk.
    Size,
    /// So many bytes of a chunk and its line end are to come.
    Chunk(u64),
    /// In the lines after the last chunk.
    Trailer,
    /// After a request to upgrade: another request when it was denied, any bytes when it was granted.
    Upgraded,
    /// Not HTTP any more.
    Raw,
}

/// The reader of one connection: keep-alive, pipelining, bodies of known length and in chunks.
#[derive(Debug)]
pub(crate) struct Requests {
    at: At,
    /// The request whose body this is asks for an upgrade.
    upgrade: bool,
    held: Vec<u8>,
}

impl Default for Requests {
    fn default() -> Self {
        Self { at: At::Head, upgrade: false, held: Vec::new() }
    }
}

impl Requests {
    /// The requests whose heads end in these bytes.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Vec<Line> {
        let mut found = Vec::new();
        self.held.extend_from_slice(bytes);
        while let Some(used) = self.step(&mut found) {
            self.held.drain(..used.min(self.held.len()));
        }
        found
    }

    /// Takes one step: how many bytes it used, or `None` when it needs more.
    fn step(&mut self, found: &mut Vec<Line>) -> Option<usize> {
        if self.held.is_empty() {
            return None;
        }
        match self.at {
            At::Raw => {
                self.held.clear();
                None
            }
            At::Head | At::Upgraded => self.head(found),
            At::Body(left) => Some(self.skip(left, At::Body, self.next())),
            At::Chunk(left) => Some(self.skip(left, At::Chunk, At::Size)),
            At::Size => match httparse::parse_chunk_size(&self.held) {
                Ok(Status::Complete((used, 0))) => {
                    self.at = At::Trailer;
                    Some(used)
                }
                Ok(Status::Complete((used, size))) => {
                    self.at = At::Chunk(size.saturating_add(2));
                    Some(used)
                }
                Ok(Status::Partial) if self.held.len() < HEAD_MAX => None,
                Ok(Status::Partial) | Err(_) => Some(self.lost(found)),
            },
            At::Trailer => {
                let end = self.held.iter().position(|byte| *byte == b'\n')?;
                let line = self.held.get(..end).unwrap_or_default();
                if line.is_empty() || line == b"\r" {
                    self.at = self.next();
                }
                Some(end + 1)
            }
        }
    }

    /// Where the end of a request leads.
    fn next(&self) -> At {
        if self.upgrade { At::Upgraded } else { At::Head }
    }

    fn skip(&mut self, left: u64, still: fn(u64) -> At, then: At) -> usize {
        let used = (self.held.len() as u64).min(left);
        self.at = if used == left { then } else { still(left - used) };
        used as usize
    }

    fn head(&mut self, found: &mut Vec<Line>) -> Option<usize> {
        let mut headers = [httparse::EMPTY_HEADER; 128];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(&self.held) {
            Ok(Status::Complete(used)) => {
                found.push(Line {
                    method: request.method.unwrap_or("?").to_owned(),
                    target: request.path.unwrap_or("").to_owned(),
                });
                let (at, upgrade) = after(request.headers);
                self.upgrade = upgrade;
                self.at = at.unwrap_or_else(|| self.next());
                Some(used)
            }
            Ok(Status::Partial) if self.held.len() < HEAD_MAX => None,
            Err(_) if self.at == At::Upgraded => {
                self.at = At::Raw;
                Some(self.held.len())
            }
            Ok(Status::Partial) | Err(_) => Some(self.lost(found)),
        }
    }

    /// These bytes make no sense: they are told as they are, and the rest of the connection is not read.
    fn lost(&mut self, found: &mut Vec<Line>) -> usize {
        let line = self.held.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let shown = line.get(..line.len().min(200)).unwrap_or_default();
        found.push(Line { method: "?".into(), target: String::from_utf8_lossy(shown).trim_end().to_owned() });
        self.at = At::Raw;
        self.held.len()
    }
}

/// The body that follows a head with these fields, if any, and whether it asks for an upgrade.
fn after(headers: &[httparse::Header<'_>]) -> (Option<At>, bool) {
    let all = |name: &'static str| {
        headers
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name))
            .map(|header| String::from_utf8_lossy(header.value).to_ascii_lowercase())
    };
    let says = |name, word: &str| all(name).any(|value| value.split(',').any(|part| part.trim() == word));
    let body = if says("transfer-encoding", "chunked") {
        Some(At::Size)
    } else {
        let length = all("content-length").find_map(|value| value.trim().parse::<u64>().ok());
        length.filter(|length| *length > 0).map(At::Body)
    };
    (body, says("connection", "upgrade"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONVERSATION: &[u8] = b"GET /a?x=1 HTTP/1.1\r\nHost: d\r\n\r\n\
        POST /b HTTP/1.1\r\nHost: d\r\nContent-Length: 22\r\n\r\nGET /no HTTP/1.1\r\n\r\n..\
        PUT /c HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n14;note=1\r\nGET /no HTTP/1.1\r\n\r\n\r\n3\r\nabc\r\n0\r\nT: v\r\n\r\n\
        HEAD /d HTTP/1.1\r\nHost: d\r\n\r\n";

    fn lines(found: &[Line]) -> Vec<String> {
        found.iter().map(|line| format!("{} {}", line.method, line.target)).collect()
    }

    #[test]
    fn requests_are_found_however_the_bytes_are_cut() {
        for size in 1..=CONVERSATION.len() {
            let mut requests = Requests::default();
            let found: Vec<Line> = CONVERSATION.chunks(size).flat_map(|chunk| requests.feed(chunk)).collect();
            assert_eq!(lines(&found), ["GET /a?x=1", "POST /b", "PUT /c", "HEAD /d"], "in pieces of {size}");
        }
    }

    #[test]
    fn what_is_not_http_is_told() {
        let mut requests = Requests::default();
        assert_eq!(lines(&requests.feed(b"\x16\x03\x01 hello\r\n\r\n")).len(), 1);
        assert_eq!(lines(&requests.feed(b"GET /a HTTP/1.1\r\n\r\n")), [""; 0]);
    }

    #[test]
    fn a_denied_upgrade_does_not_hide_the_next_request() {
        let upgrade = b"POST /exec/x/start HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{}";
        let mut denied = Requests::default();
        denied.feed(upgrade);
        assert_eq!(lines(&denied.feed(b"GET /a HTTP/1.1\r\n\r\n")), ["GET /a"]);
        let mut granted = Requests::default();
        granted.feed(upgrade);
        assert_eq!(lines(&granted.feed(b"\x01\x02\x03 bytes")), [""; 0]);
    }
}
