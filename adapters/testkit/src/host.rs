//! The runtime that a simulated thing runs on.

use std::future::Future;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

/// A test that waits longer than this for the outside world waits in vain.
const PATIENCE: Duration = Duration::from_secs(30);

/// A runtime of its own: independent of the caller's runtime and of its (perhaps paused) clock. Dropped from
/// anywhere, also inside another runtime; every task and socket goes with it.
#[derive(Debug)]
pub(crate) struct Host(Option<Runtime>);

impl Host {
    pub(crate) fn new(name: &str) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name(name)
            .enable_all()
            .build()
            .expect("a tokio runtime for the simulated world");
        Self(Some(runtime))
    }

    pub(crate) fn handle(&self) -> &Handle {
        self.0.as_ref().expect("taken only on drop").handle()
    }

    /// Runs `work` here, in real time, and fails the test with `what` when it takes too long.
    pub(crate) async fn patiently<F>(&self, what: String, work: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let done = self.handle().spawn(async move { tokio::time::timeout(PATIENCE, work).await.is_ok() });
        assert!(done.await.unwrap_or(false), "waited {PATIENCE:?} in vain for {what}");
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
