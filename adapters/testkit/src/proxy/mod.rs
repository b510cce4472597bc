//! A proxy in front of a real engine that changes nothing and records everything asked.

mod requests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

use crate::host::Host;
use crate::seen::Seen;
use requests::Requests;

#[derive(Debug, Default)]
struct Record {
    seen: Mutex<Vec<Seen>>,
    tick: watch::Sender<u64>,
}

impl Record {
    fn seen(&self) -> std::sync::MutexGuard<'_, Vec<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A unix-socket proxy: bytes pass both ways unchanged, and the request line of every request on every
/// connection is kept. What cannot be understood as HTTP passes too and is kept with the method `?`.
#[derive(Debug)]
pub struct RecordingProxy {
    record: Arc<Record>,
    socket: PathBuf,
    host: Host,
    _dir: TempDir,
}

impl RecordingProxy {
    pub fn start(upstream: &Path) -> Self {
        let dir = TempDir::new().expect("a directory for the proxy's socket");
        let socket = dir.path().join("proxy.sock");
        let host = Host::new("recording-proxy");
        let record = Arc::new(Record::default());
        let listener = {
            let _runtime = host.handle().enter();
            UnixListener::bind(&socket).expect("the proxy's socket")
        };
        host.handle().spawn(accept(listener, upstream.to_owned(), Arc::clone(&record)));
        Self { record, socket, host, _dir: dir }
    }

    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// For `DOCKER_HOST`.
    pub fn docker_host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// Every request so far, in the order of their arrival. A request is here before the engine sees it.
    pub fn requests(&self) -> Vec<Seen> {
        self.record.seen().clone()
    }

    /// The requests that are neither GET nor HEAD, and what was not HTTP.
    pub fn writes(&self) -> Vec<Seen> {
        let mut seen = self.requests();
        seen.retain(|seen| !seen.is_read());
        seen
    }

    pub fn forget_requests(&self) {
        self.record.seen().clear();
    }

    /// Waits until there have been so many requests.
    pub async fn wait_for_requests(&self, count: usize) {
        let record = Arc::clone(&self.record);
        let mut tick = record.tick.subscribe();
        let work = async move {
            loop {
                tick.borrow_and_update();
                if record.seen().len() >= count || tick.changed().await.is_err() {
                    return;
                }
            }
        };
        self.host.patiently(format!("{count} requests through the proxy"), work).await;
    }
}

async fn accept(listener: UnixListener, upstream: PathBuf, record: Arc<Record>) {
    for connection in 1.. {
        let Ok((client, _)) = listener.accept().await else { continue };
        tokio::spawn(pass(client, upstream.clone(), connection, Arc::clone(&record)));
    }
}

async fn pass(client: UnixStream, upstream: PathBuf, connection: u64, record: Arc<Record>) {
    // when the engine is not there, the client's connection ends at once
    let Ok(engine) = UnixStream::connect(&upstream).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_engine, mut to_engine) = engine.into_split();
    let asks = async {
        let mut requests = Requests::default();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = from_client.read(&mut buffer).await.unwrap_or(0);
            let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
            let found = requests.feed(bytes);
            if !found.is_empty() {
                record
                    .seen()
                    .extend(found.iter().map(|line| Seen::new(&line.method, &line.target, connection)));
                record.tick.send_modify(|tick| *tick += 1);
            }
            if to_engine.write_all(bytes).await.is_err() {
                break;
            }
        }
        // the client has nothing more to ask, and may still be waiting for answers
        to_engine.shutdown().await.ok();
        std::future::pending::<()>().await;
    };
    let answers = async {
        tokio::io::copy(&mut from_engine, &mut to_client).await.ok();
        to_client.shutdown().await.ok();
    };
    // the engine's end is the end
    tokio::select! {
        () = answers => {}
        () = asks => {}
    }
}
