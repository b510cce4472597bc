//! A container's output.

use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::stream::{StreamExt, unfold};

use super::answers::{Answer, Refusal};
use super::container::{Container, LineKind, LogLine, Stream};
use super::query::Query;
use super::{Guard, Shared, words};

/// The engine cuts longer lines into parts of this size (moby `copier.defaultBufSize`).
const PART: usize = 16 * 1024;

/// What of the output is asked for.
struct Wanted {
    stdout: bool,
    stderr: bool,
    /// What stands before each line of this time.
    stamp: fn(i64) -> String,
    since: Option<i64>,
    until: Option<i64>,
    tty: bool,
}

impl Wanted {
    fn write(&self, line: &LogLine, to: &mut BytesMut) {
        if self.since.is_some_and(|since| line.at < since) || self.until.is_some_and(|until| line.at > until)
        {
            return;
        }
        let stream = match line.kind {
            LineKind::Raw => return to.put_slice(&line.bytes),
            LineKind::Line(Stream::Stdout) if self.stdout => 1,
            LineKind::Line(Stream::Stderr) if self.stderr => 2,
            LineKind::Line(_) => return,
        };
        let stamp = (self.stamp)(line.at);
        let end: &[u8] = if self.tty { b"\r\n" } else { b"\n" };
        let mut parts = line.bytes.chunks(PART).peekable();
        loop {
            let part = parts.next().unwrap_or_default();
            let last = parts.peek().is_none();
            let end = if last { end } else { b"" };
            let length = stamp.len() + part.len() + end.len();
            if !self.tty {
                to.put_slice(&[stream, 0, 0, 0]);
                to.put_u32(length as u32);
            }
            to.put_slice(stamp.as_bytes());
            to.put_slice(part);
            to.put_slice(end);
            if last {
                return;
            }
        }
    }
}

pub(crate) fn logs(shared: &Arc<Shared>, key: u64, query: &Query) -> Result<Answer, Refusal> {
    let changes = shared.changes();
    let (wanted, first) = {
        let world = shared.world();
        let container = world.containers.get(&key).ok_or_else(|| Refusal::new(404, "No such container"))?;
        let wanted = Wanted {
            stdout: query.yes("stdout"),
            stderr: query.yes("stderr"),
            stamp: if query.yes("timestamps") {
                |at| format!("{} ", words::padded(at))
            } else {
                |_| String::new()
            },
            since: query.time("since")?,
            until: query.time("until")?,
            tty: container.tty,
        };
        if !wanted.stdout && !wanted.stderr {
            return Err(Refusal::new(400, "Bad parameters: you must choose at least one stream"));
        }
        // the last lines of both streams together are taken first, and of these the streams asked for
        let tail = query.text("tail").and_then(|n| n.parse::<usize>().ok()).unwrap_or(usize::MAX);
        (wanted, container.log.len().saturating_sub(tail))
    };
    let shared = Arc::clone(shared);
    if !query.yes("follow") {
        let mut all = BytesMut::new();
        if let Some(container) = shared.world().containers.get(&key) {
            for line in lines(container, first) {
                wanted.write(line, &mut all);
            }
        }
        let once = futures_util::stream::iter([all.freeze()]).filter(|b| std::future::ready(!b.is_empty()));
        return Ok(Answer::stream(None, once.boxed()));
    }
    let guard = Guard::follower(&shared);
    let body = unfold((shared, wanted, first, guard), move |(shared, wanted, mut next, guard)| {
        let mut changes = changes.clone();
        async move {
            loop {
                changes.borrow_and_update();
                let (chunk, up) = {
                    let world = shared.world();
                    let container = world.containers.get(&key)?;
                    let mut chunk = BytesMut::new();
                    for line in lines(container, next).iter().take(1_000) {
                        wanted.write(line, &mut chunk);
                        next += 1;
                    }
                    (chunk.freeze(), container.state.is_up() || next < container.log.len())
                };
                if !chunk.is_empty() {
                    return Some((chunk, (shared, wanted, next, guard)));
                }
                if !up || changes.changed().await.is_err() {
                    return None::<(Bytes, _)>;
                }
            }
        }
    });
    Ok(Answer::stream(None, body.boxed()))
}

fn lines(container: &Container, from: usize) -> &[LogLine] {
    container.log.get(from..).unwrap_or_default()
}
