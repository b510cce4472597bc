//! A Docker engine, simulated: API 1.41 as engine 20.10 speaks it, over a real unix socket.
//!
//! * [`container`], [`builder`], [`world`]: what there is. [`live`]: what happens to it. [`faults`]: how it fails.
//! * [`server`]: connections. [`answers`], [`inspect`], [`logs`], [`events`]: what is answered; [`query`], [`words`].

mod answers;
mod builder;
mod container;
mod events;
mod faults;
mod inspect;
mod live;
mod logs;
mod query;
mod server;
mod words;
mod world;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;
use tokio::sync::{mpsc, watch};

pub use container::{Container, Health, Stream};
use faults::Faults;
pub use faults::{Endpoint, Fault};
use server::Command;
pub use world::World;

use crate::host::Host;
use crate::seen::Seen;

/// What the engine's tasks and the test share.
#[derive(Debug)]
pub(crate) struct Shared {
    world: Mutex<World>,
    pub(crate) faults: watch::Sender<Faults>,
    seen: Mutex<Vec<Seen>>,
    followers: AtomicUsize,
    /// Ticks with every request and every change, for those who wait.
    tick: watch::Sender<u64>,
}

impl Shared {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        // a test that failed while changing the world is failing already
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn record(&self, seen: Seen) {
        self.seen().push(seen);
        self.tick();
    }

    fn tick(&self) {
        self.tick.send_modify(|tick| *tick += 1);
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.tick.subscribe()
    }
}

/// Tells those who wait that a stream has begun, and when it is dropped, that it has ended.
pub(crate) struct Guard {
    shared: Arc<Shared>,
    follower: bool,
}

impl Guard {
    pub(crate) fn follower(shared: &Arc<Shared>) -> Self {
        shared.followers.fetch_add(1, Ordering::SeqCst);
        shared.tick();
        Self { shared: Arc::clone(shared), follower: true }
    }

    pub(crate) fn subscriber(shared: &Arc<Shared>) -> Self {
        shared.tick();
        Self { shared: Arc::clone(shared), follower: false }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.follower {
            self.shared.followers.fetch_sub(1, Ordering::SeqCst);
        }
        self.shared.tick();
    }
}

/// A simulated engine that answers on a socket of its own until it is dropped.
#[derive(Debug)]
pub struct FakeEngine {
    shared: Arc<Shared>,
    commands: mpsc::UnboundedSender<Command>,
    socket: PathBuf,
    host: Host,
    _dir: TempDir,
}

impl FakeEngine {
    pub fn start(mut world: World) -> Self {
        world.settle();
        let dir = TempDir::new().expect("a directory for the simulated engine's socket");
        let socket = dir.path().join("docker.sock");
        let host = Host::new("fake-engine");
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            faults: watch::Sender::default(),
            seen: Mutex::default(),
            followers: AtomicUsize::new(0),
            tick: watch::Sender::default(),
        });
        let (commands, receiver) = mpsc::unbounded_channel();
        host.handle().spawn(server::run(Arc::clone(&shared), socket.clone(), receiver));
        let engine = Self { shared, commands, socket, host, _dir: dir };
        engine.command(Command::Open);
        engine
    }

    /// An engine with [`World::fleet`] of this size.
    pub fn fleet(count: usize) -> Self {
        Self::start(World::fleet(count))
    }

    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// For `DOCKER_HOST`.
    pub fn docker_host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// Sends a command to the server and waits until it is done.
    fn command(&self, make: fn(std::sync::mpsc::Sender<()>) -> Command) {
        let (done, wait) = std::sync::mpsc::channel();
        let sent = self.commands.send(make(done)).is_ok();
        assert!(sent && wait.recv().is_ok(), "the simulated engine's server has ended");
    }

    /// Fails in this way from now on, everywhere. [`Fault::None`] takes back every fault, those of
    /// [`Self::fault_on`] too. When this returns, the fault is in force: the socket is gone or back.
    pub fn fault(&self, fault: Fault) {
        let mut was = Fault::None;
        self.shared.faults.send_modify(|faults| {
            was = std::mem::replace(&mut faults.all, fault);
            if fault == Fault::None {
                faults.on.clear();
            }
        });
        let dead = |fault| matches!(fault, Fault::Refuse | Fault::Gone);
        match fault {
            Fault::Refuse => self.command(Command::Close),
            Fault::Gone => self.command(Command::Vanish),
            _ if dead(was) => self.command(Command::Open),
            _ => {}
        }
    }

    /// Fails in this way on one endpoint, instead of how the whole engine fails.
    pub fn fault_on(&self, endpoint: Endpoint, fault: Fault) {
        self.shared.faults.send_modify(|faults| {
            faults.on.insert(endpoint, fault);
        });
    }

    /// Every request so far, in order.
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.seen().clone()
    }

    /// The requests that were not answered because the simulator does not know them or they would change
    /// something.
    pub fn refused(&self) -> Vec<Seen> {
        let mut seen = self.requests();
        seen.retain(|seen| !seen.is_read() || Endpoint::of(&seen.path).0 == Endpoint::Other);
        seen
    }

    /// How many requests for an endpoint: ping, version, info, list, inspect, stats, logs, events, df, other.
    pub fn count(&self, endpoint: &str) -> usize {
        self.shared.seen().iter().filter(|seen| Endpoint::of(&seen.path).0.name() == endpoint).count()
    }

    pub fn forget_requests(&self) {
        self.shared.seen().clear();
    }

    /// Open event streams.
    pub fn events_subscribers(&self) -> usize {
        self.shared.world().subscribers()
    }

    /// Open log streams that follow.
    pub fn log_followers(&self) -> usize {
        self.shared.followers.load(Ordering::SeqCst)
    }

    /// Waits until somebody listens to events.
    pub async fn wait_for_events_subscriber(&self) {
        self.wait("a subscriber of events", |shared| shared.world().subscribers() > 0).await;
    }

    /// Waits until nobody listens to events.
    pub async fn wait_for_no_events_subscriber(&self) {
        self.wait("the end of every subscription of events", |shared| shared.world().subscribers() == 0)
            .await;
    }

    /// Waits until somebody follows a log.
    pub async fn wait_for_log_follower(&self) {
        self.wait("a follower of logs", |shared| shared.followers.load(Ordering::SeqCst) > 0).await;
    }

    /// Waits until there have been at least so many requests for an endpoint, named as in [`Self::count`].
    pub async fn wait_for_requests(&self, endpoint: &'static str, count: usize) {
        let enough = move |shared: &Shared| {
            shared.seen().iter().filter(|seen| Endpoint::of(&seen.path).0.name() == endpoint).count() >= count
        };
        self.wait(&format!("{count} requests for {endpoint}"), enough).await;
    }

    async fn wait(&self, what: &str, until: impl Fn(&Shared) -> bool + Send + 'static) {
        let shared = Arc::clone(&self.shared);
        let mut changes = shared.changes();
        let work = async move {
            loop {
                changes.borrow_and_update();
                if until(&shared) || changes.changed().await.is_err() {
                    return;
                }
            }
        };
        self.host.patiently(what.to_owned(), work).await;
    }
}
