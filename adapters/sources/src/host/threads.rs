//! Questions to the kernel that may never come back: `statfs` on a mount whose server is gone, a sensor on a dead bus.
//! Each runs in a thread of its own (not in tokio's pool: its threads are few, and one that hangs would keep the
//! program from ending). One that hangs is remembered and not asked again before its thread has come back.

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::mpsc, time};

use super::error::HostError;

/// Threads at once, those that hang included.
const MOST: usize = 96;
/// Threads of one round at once.
const AT_ONCE: usize = 32;
/// They call one or two functions of the kernel.
const STACK_BYTES: usize = 256 * 1024;

#[derive(Debug, Default, Clone)]
pub(super) struct Threads {
    busy: Arc<Mutex<HashSet<PathBuf>>>,
}

/// Takes a question off the list when its thread ends, in whatever way.
struct Busy {
    key: PathBuf,
    all: Arc<Mutex<HashSet<PathBuf>>>,
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

impl Threads {
    /// `Ok(false)`: it still hangs from an earlier time, or too many others do.
    fn start<T>(
        &self,
        key: &Path,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(T) + Send + 'static,
    ) -> io::Result<bool> {
        {
            let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
            if busy.len() >= MOST || !busy.insert(key.to_owned()) {
                return Ok(false);
            }
        }
        let busy = Busy { key: key.to_owned(), all: Arc::clone(&self.busy) };
        std::thread::Builder::new().name("steward-host".to_owned()).stack_size(STACK_BYTES).spawn(
            move || {
                let busy = busy;
                let answer = work();
                // Before the answer is out, so that who has it can ask again.
                drop(busy);
                done(answer);
            },
        )?;
        Ok(true)
    }

    /// One question.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        what: &Path,
        deadline: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HostError> {
        let silent = || HostError::Silent { what: what.display().to_string(), deadline };
        let (sender, receiver) = tokio::sync::oneshot::channel();
        // A receiver that is gone has stopped waiting.
        let started = self.start(what, work, move |answer| drop(sender.send(answer)));
        match started {
            Ok(true) => time::timeout(deadline, receiver).await.ok().and_then(Result::ok).ok_or_else(silent),
            Ok(false) => Err(silent()),
            Err(source) => Err(HostError::Thread { what: what.display().to_string(), source }),
        }
    }

    /// The same question about many paths, in the order given; `None` for those that gave no answer until the deadline.
    pub(super) async fn ask_each<T: Send + 'static>(
        &self,
        paths: &[PathBuf],
        deadline: Duration,
        work: Arc<dyn Fn(&Path) -> T + Send + Sync>,
    ) -> Vec<Option<T>> {
        let mut answers: Vec<Option<T>> = paths.iter().map(|_| None).collect();
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let end = time::Instant::now() + deadline;
        let mut rest = paths.iter().enumerate();
        let (mut running, mut failed) = (0_usize, false);
        loop {
            while running < AT_ONCE {
                let Some((at, path)) = rest.next() else { break };
                let (sender, work, subject) = (sender.clone(), Arc::clone(&work), path.clone());
                let started =
                    self.start(path, move || work(&subject), move |answer| drop(sender.send((at, answer))));
                match started {
                    Ok(true) => running += 1,
                    Err(error) if !failed => {
                        failed = true;
                        tracing::warn!(path = ?path, %error, "no thread for the size of a file system");
                    }
                    Ok(false) | Err(_) => {}
                }
            }
            if running == 0 {
                return answers;
            }
            let Ok(Some((at, answer))) = time::timeout_at(end, receiver.recv()).await else { return answers };
            running -= 1;
            if let Some(slot) = answers.get_mut(at) {
                *slot = Some(answer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Condvar, atomic::AtomicUsize, atomic::Ordering};

    use super::*;

    /// Opened by the test, waited for by threads that hang.
    #[derive(Default)]
    struct Gate(Mutex<bool>, Condvar);

    impl Gate {
        fn wait(&self) {
            let open = self.0.lock().unwrap();
            drop(self.1.wait_while(open, |open| !*open).unwrap());
        }

        fn open(&self) {
            *self.0.lock().unwrap() = true;
            self.1.notify_all();
        }
    }

    #[tokio::test]
    async fn what_hangs_is_asked_once_until_it_comes_back() {
        let (threads, gate, asked) =
            (Threads::default(), Arc::new(Gate::default()), Arc::new(AtomicUsize::new(0)));
        let (inner, count) = (Arc::clone(&gate), Arc::clone(&asked));
        let work: Arc<dyn Fn(&Path) -> usize + Send + Sync> = Arc::new(move |path: &Path| {
            if path == Path::new("/hung") {
                count.fetch_add(1, Ordering::SeqCst);
                inner.wait();
            }
            path.as_os_str().len()
        });
        let paths: Vec<PathBuf> = ["/a", "/hung", "/bc"].map(PathBuf::from).to_vec();
        for _ in 0..3 {
            let answers = threads.ask_each(&paths, Duration::from_millis(300), Arc::clone(&work)).await;
            assert_eq!(answers, [Some(2), None, Some(3)]);
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        gate.open();
        while !threads.busy.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        let answers = threads.ask_each(&paths, Duration::from_secs(5), work).await;
        assert_eq!(answers, [Some(2), Some(5), Some(3)]);
    }

    #[tokio::test]
    async fn threads_are_bounded() {
        let (threads, gate) = (Threads::default(), Arc::new(Gate::default()));
        let paths: Vec<PathBuf> = (0..500).map(|n| PathBuf::from(format!("/{n}"))).collect();
        for _ in 0..5 {
            let inner = Arc::clone(&gate);
            let answers = threads
                .ask_each(&paths, Duration::from_millis(20), Arc::new(move |_: &Path| inner.wait()))
                .await;
            assert!(answers.iter().all(Option::is_none));
            assert!(threads.busy.lock().unwrap().len() <= MOST);
        }
        gate.open();
    }

    #[tokio::test]
    async fn one_question_and_a_panic_in_it() {
        let threads = Threads::default();
        let key = Path::new("/proc");
        assert_eq!(threads.ask(key, Duration::from_secs(5), || 7).await.unwrap(), 7);
        let fault = threads.ask(key, Duration::from_secs(5), || -> u8 { panic!("broken driver") }).await;
        assert!(matches!(fault, Err(HostError::Silent { .. })));
        while !threads.busy.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(threads.ask(key, Duration::from_secs(5), || 8).await.unwrap(), 8);
    }
}
