//! Log lines out of the engine's frames: partial frames joined, times split off, everything bounded.

use std::collections::VecDeque;

use bollard::container::LogOutput;
use jiff::Timestamp;
use steward_core::fleet::{LogLine, LogQuery, LogStream};

/// One line, in bytes; what is longer is cut.
const LINE_MAX: usize = 16 * 1024;
/// All lines together, in bytes; the oldest go first.
const TOTAL_MAX: usize = 4 * 1024 * 1024;

pub(super) struct Lines {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    last: usize,
    bytes: usize,
    lines: VecDeque<LogLine>,
    /// A line whose end has not come yet, per stream.
    open: [Vec<u8>; 2],
}

impl Lines {
    pub(super) fn new(query: &LogQuery) -> Self {
        Self {
            since: query.since,
            until: query.until,
            last: query.last as usize,
            bytes: 0,
            lines: VecDeque::new(),
            open: [Vec::new(), Vec::new()],
        }
    }

    pub(super) fn push(&mut self, frame: LogOutput) {
        let (stream, message) = match frame {
            LogOutput::StdErr { message } => (LogStream::Stderr, message),
            LogOutput::StdOut { message } | LogOutput::StdIn { message } | LogOutput::Console { message } => {
                (LogStream::Stdout, message)
            }
        };
        for piece in message.split_inclusive(|b| *b == b'\n') {
            let open = &mut self.open[stream as usize];
            // A continued partial frame repeats its timestamp; only the first one belongs to the line.
            let piece_text = if open.is_empty() { piece } else { after_time(piece) };
            let room = LINE_MAX.saturating_sub(open.len());
            let ended = piece_text.last() == Some(&b'\n');
            open.extend_from_slice(&piece_text[..piece_text.len().min(room)]);
            if ended {
                let line = std::mem::take(open);
                self.line(stream, &line);
            }
        }
    }

    fn line(&mut self, stream: LogStream, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_end_matches(['\n', '\r']);
        let (at, text) = match text.split_once(' ') {
            Some((time, rest)) => match time.parse::<Timestamp>() {
                Ok(at) => (Some(at), rest),
                Err(_) => (None, text),
            },
            None => match text.parse::<Timestamp>() {
                Ok(at) => (Some(at), ""),
                Err(_) => (None, text),
            },
        };
        let outside =
            at.is_some_and(|at| self.since.is_some_and(|s| at < s) || self.until.is_some_and(|u| at > u));
        if outside {
            return;
        }
        self.bytes += text.len();
        self.lines.push_back(LogLine { at, stream, text: text.to_owned() });
        while self.lines.len() > self.last || self.bytes > TOTAL_MAX {
            let Some(oldest) = self.lines.pop_front() else { break };
            self.bytes -= oldest.text.len();
        }
    }

    /// Oldest first; the two streams arrive apart and are put in the order of their times.
    pub(super) fn finish(mut self) -> Vec<LogLine> {
        for stream in [LogStream::Stdout, LogStream::Stderr] {
            let rest = std::mem::take(&mut self.open[stream as usize]);
            if !rest.is_empty() {
                self.line(stream, &rest);
            }
        }
        let mut lines: Vec<LogLine> = self.lines.into();
        lines.sort_by_key(|line| line.at);
        lines
    }
}

/// The piece without a leading `2026-01-01T00:00:00.000000000Z `.
fn after_time(piece: &[u8]) -> &[u8] {
    let Some(space) = piece.iter().take(40).position(|b| *b == b' ') else { return piece };
    let time = std::str::from_utf8(&piece[..space]).ok().and_then(|t| t.parse::<Timestamp>().ok());
    if time.is_some() { &piece[space + 1..] } else { piece }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(frames: &[(&str, u8)], last: u32) -> Vec<(Option<i64>, String)> {
        let mut lines = Lines::new(&LogQuery { since: None, until: None, last });
        for (text, stream) in frames {
            let message = text.as_bytes().to_vec().into();
            lines.push(if *stream == 2 {
                LogOutput::StdErr { message }
            } else {
                LogOutput::StdOut { message }
            });
        }
        lines.finish().into_iter().map(|l| (l.at.map(Timestamp::as_second), l.text)).collect()
    }

    #[test]
    fn partial_frames_become_one_line_and_streams_are_ordered() {
        let got = lines_of(
            &[
                ("1970-01-01T00:00:02Z part one, ", 1),
                ("1970-01-01T00:00:01Z early\n", 2),
                ("1970-01-01T00:00:02Z part two\n", 1),
                ("no time here\n", 1),
                ("1970-01-01T00:00:03Z last without end", 1),
            ],
            10,
        );
        assert_eq!(
            got,
            [
                (None, "no time here".to_owned()),
                (Some(1), "early".to_owned()),
                (Some(2), "part one, part two".to_owned()),
                (Some(3), "last without end".to_owned()),
            ]
        );
    }

    #[test]
    fn a_flood_is_bounded() {
        let giant = format!("1970-01-01T00:00:01Z {}\n", "x".repeat(1_000_000));
        let got = lines_of(&[(&giant, 1), (&giant, 1), (&giant, 1)], 2);
        assert_eq!(got.len(), 2);
        assert!(got.iter().all(|(_, text)| text.len() <= LINE_MAX));
    }
}
