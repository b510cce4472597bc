//! Connections, and what faults do to them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt, iter, unfold};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, SERVER};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::Shared;
use super::answers::{self, Answer, Body, Question, Refusal};
use super::faults::{self, Endpoint, Fault, Faults};
use super::query::Query;
use crate::seen::Seen;

/// What the test wants of the socket; each is answered when it is done.
#[derive(Debug)]
pub(crate) enum Command {
    /// Listens, on a new socket.
    Open(Sender<()>),
    /// Listens no longer and cuts every connection; the socket file stays.
    Close(Sender<()>),
    /// The same, and the socket file goes.
    Vanish(Sender<()>),
}

type Out = StreamBody<BoxStream<'static, io::Result<Frame<Bytes>>>>;

pub(crate) async fn run(
    shared: Arc<Shared>,
    socket: PathBuf,
    mut commands: mpsc::UnboundedReceiver<Command>,
) {
    let mut listener: Option<UnixListener> = None;
    let mut connections = JoinSet::new();
    let mut count = 0;
    loop {
        tokio::select! {
            command = commands.recv() => {
                let Some(command) = command else { return };
                listener = None;
                let done = match command {
                    Command::Open(done) => {
                        remove(&socket);
                        listener = Some(UnixListener::bind(&socket).expect("the simulated engine's socket"));
                        done
                    }
                    Command::Close(done) => {
                        connections.shutdown().await;
                        // whoever took the file away may want it back as a dead socket
                        if !socket.exists() {
                            drop(UnixListener::bind(&socket));
                        }
                        done
                    }
                    Command::Vanish(done) => {
                        connections.shutdown().await;
                        remove(&socket);
                        done
                    }
                };
                // whoever waited may have gone
                done.send(()).ok();
            }
            stream = accept(listener.as_ref()) => {
                count += 1;
                connections.spawn(serve(Arc::clone(&shared), stream, count));
            }
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

fn remove(socket: &Path) {
    match std::fs::remove_file(socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => panic!("{}: {error}", socket.display()),
        _ => {}
    }
}

async fn accept(listener: Option<&UnixListener>) -> UnixStream {
    let Some(listener) = listener else { return std::future::pending().await };
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            return stream;
        }
    }
}

async fn serve(shared: Arc<Shared>, stream: UnixStream, connection: u64) {
    let service = service_fn(|request: Request<Incoming>| handle(Arc::clone(&shared), connection, request));
    // an error here is a client that went away, or a fault that was asked for
    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
}

async fn handle(
    shared: Arc<Shared>,
    connection: u64,
    request: Request<Incoming>,
) -> io::Result<Response<Out>> {
    let (request, mut body) = request.into_parts();
    // read and dropped, so that the connection stays in step
    while let Some(Ok(_)) = body.frame().await {}
    let target = request.uri.path_and_query().map_or("/", |target| target.as_str());
    let seen = Seen::new(request.method.as_str(), target, connection);
    let (endpoint, name) = Endpoint::of(&seen.path);
    shared.record(seen.clone());
    let fault = shared.faults.borrow().at(endpoint);
    let question = Question {
        method: &seen.method,
        endpoint,
        version: faults::unversioned(&seen.path).0,
        name,
        query: Query::parse(&seen.query),
    };
    let answer = match fault {
        Fault::Hang => std::future::pending().await,
        Fault::Refuse | Fault::Gone => return Err(broken("the connection is closed by a fault")),
        Fault::Garbage => Answer {
            status: 200,
            content_type: Some("text/html"),
            body: Body::Full(Bytes::from_static(faults::HTML.as_bytes())),
        },
        Fault::Status(status) => Refusal::new(status, "the engine is not well").into(),
        _ => answers::answer(&shared, &question).await.unwrap_or_else(Answer::from),
    };
    Ok(respond(&shared, endpoint, answer, seen.method == "HEAD"))
}

fn respond(shared: &Shared, endpoint: Endpoint, answer: Answer, head: bool) -> Response<Out> {
    let faults = shared.faults.subscribe();
    let (fault, version) = {
        let faults = faults.borrow();
        (faults.at(endpoint), faults.versions().0)
    };
    let mut response = Response::builder()
        .status(answer.status)
        .header("Api-Version", version)
        .header("Docker-Experimental", "false")
        .header("Ostype", "linux")
        .header(SERVER, format!("Docker/{} (linux)", answers::SERVER));
    if let Some(kind) = answer.content_type {
        response = response.header(CONTENT_TYPE, kind);
    }
    let (inner, length) = match answer.body {
        Body::Stream(stream) => (stream, None),
        Body::Full(mut body) => {
            if fault == Fault::WrongJson {
                body = mistyped(&body);
            }
            response = response.header(CONTENT_LENGTH, body.len());
            let chunks = if head { None } else { Some(body.clone()) };
            (iter(chunks).boxed(), Some(body.len()))
        }
    };
    let faulty = Faulty { inner, faults, endpoint, length, sent: 0, rest: Bytes::new(), end: End::No };
    let body = unfold(faulty, |mut faulty| async move {
        let chunk = faulty.next().await?;
        Some((chunk.map(Frame::data), faulty))
    });
    response.body(StreamBody::new(body.boxed())).expect("a response of known headers")
}

fn mistyped(body: &Bytes) -> Bytes {
    serde_json::from_slice(body)
        .map_or_else(|_| body.clone(), |value| format!("{}\n", faults::wrong(value)).into())
}

fn broken(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, why)
}

#[derive(PartialEq)]
enum End {
    No,
    /// The next is an error that makes hyper cut the connection.
    Break,
    Yes,
}

/// A body under faults that may change while it is sent.
struct Faulty {
    inner: BoxStream<'static, Bytes>,
    faults: watch::Receiver<Faults>,
    endpoint: Endpoint,
    /// Of the whole body; `None` for streams.
    length: Option<usize>,
    sent: usize,
    rest: Bytes,
    end: End,
}

impl Faulty {
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        match self.end {
            End::Yes => return None,
            End::Break => {
                // lets hyper send what it has before it learns of the end
                tokio::task::yield_now().await;
                self.end = End::Yes;
                return Some(Err(broken("the body is cut by a fault")));
            }
            End::No => {}
        }
        loop {
            let fault = self.faults.borrow_and_update().at(self.endpoint);
            match fault {
                Fault::Hang => {
                    self.faults.changed().await.ok()?;
                    continue;
                }
                Fault::CutEvents if self.endpoint == Endpoint::Events => return None,
                Fault::Status(_) | Fault::Refuse | Fault::Gone if self.length.is_none() => {
                    self.end = End::Yes;
                    return Some(Err(broken("the stream is cut by a fault")));
                }
                _ => {}
            }
            if self.rest.is_empty() {
                self.rest = tokio::select! {
                    biased;
                    changed = self.faults.changed() => {
                        changed.ok()?;
                        continue;
                    }
                    chunk = self.inner.next() => chunk?,
                };
                continue;
            }
            let piece = match fault {
                Fault::Slow(rate) => {
                    // ten pieces a second, or single bytes
                    let rate = rate.max(1);
                    let piece = (rate / 10).max(1);
                    tokio::time::sleep(Duration::from_secs_f64(piece as f64 / rate as f64)).await;
                    self.rest.split_to(self.rest.len().min(piece as usize))
                }
                Fault::Truncate => {
                    self.end = End::Break;
                    let half = match self.length {
                        Some(length) => (length / 2).saturating_sub(self.sent),
                        None => self.rest.len() / 2,
                    };
                    self.rest.split_to(half.min(self.rest.len()))
                }
                Fault::Garbage if self.length.is_none() => {
                    self.end = End::Break;
                    Bytes::from_static(faults::HTML.as_bytes())
                }
                Fault::WrongJson if self.length.is_none() => mistyped(&std::mem::take(&mut self.rest)),
                _ => std::mem::take(&mut self.rest),
            };
            self.sent += piece.len();
            return Some(Ok(piece));
        }
    }
}
