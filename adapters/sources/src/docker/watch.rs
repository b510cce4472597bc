//! Keeps the inventory fresh: one list call per connect, then `/events`. A lost stream is taken up again where it
//! ended (`since`), after a growing pause, and the whole table is read anew.

use std::sync::PoisonError;
use std::time::Duration;

use bollard::query_parameters::EventsOptionsBuilder;
use futures_util::StreamExt;
use jiff::Timestamp;
use steward_core::fleet::{ContainerEvent, SourceError};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

use super::client::DockerSource;
use super::{inventory::Inventory, map};

const PING_EVERY: Duration = Duration::from_secs(15);
/// Events that belong together (die, start) are asked about in one list call.
const SETTLE: Duration = Duration::from_millis(20);
const PAUSE_FIRST: Duration = Duration::from_millis(500);
const PAUSE_LONGEST: Duration = Duration::from_secs(30);
/// More rows than this are cheaper to read all at once.
const SOME_MAX: usize = 16;

/// What the watcher tells the rest of the program.
#[derive(Debug)]
pub enum Seen {
    /// A stream is open and the inventory complete.
    Connected(Timestamp),
    Event(ContainerEvent),
    Lost(SourceError),
}

impl DockerSource {
    /// Runs until the receiver is gone. `since`: the last event that is known already.
    pub async fn watch(&self, mut since: Option<Timestamp>, seen: mpsc::Sender<Seen>) {
        let mut pause = PAUSE_FIRST;
        while !seen.is_closed() {
            let began = Instant::now();
            let error = self.follow(&mut since, &seen).await;
            self.locked(Inventory::disconnected);
            if seen.send(Seen::Lost(error)).await.is_err() {
                return;
            }
            if began.elapsed() > PAUSE_LONGEST {
                pause = PAUSE_FIRST;
            }
            // Many watchers must not come back in step; the clock's low digits are random enough for that.
            let jitter = Duration::from_nanos(Timestamp::now().subsec_nanosecond().unsigned_abs().into()) / 4;
            tokio::select! {
                () = tokio::time::sleep(pause + jitter.min(pause)) => {}
                () = seen.closed() => return,
            }
            pause = (pause * 2).min(PAUSE_LONGEST);
        }
    }

    async fn follow(&self, since: &mut Option<Timestamp>, seen: &mpsc::Sender<Seen>) -> SourceError {
        let filters = std::collections::HashMap::from([("type", vec!["container"])]);
        // The stream is opened before the list is read, from a moment before: no change falls between the two.
        let from = since.unwrap_or_else(Timestamp::now).as_second().to_string();
        let options = EventsOptionsBuilder::new().since(&from).filters(&filters).build();
        let mut stream = std::pin::pin!(self.bollard.events(Some(options)));
        match self.list().await {
            Ok(listed) => self.locked(|inventory| inventory.replace(listed)),
            Err(error) => return error,
        }
        if seen.send(Seen::Connected(Timestamp::now())).await.is_err() {
            return SourceError::Unknown("the program is ending".into());
        }
        let mut ping = interval(PING_EVERY);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ping.reset();
        loop {
            tokio::select! {
                message = stream.next() => match message {
                    Some(Ok(message)) => {
                        let Some(event) = map::event(message, &self.config().host) else { continue };
                        if self.take(event, since, seen).await.is_err() { break; }
                        let settled = Instant::now() + SETTLE;
                        while let Ok(Some(Ok(message))) = timeout_at(settled, stream.next()).await {
                            let Some(event) = map::event(message, &self.config().host) else { continue };
                            if self.take(event, since, seen).await.is_err() { break; }
                        }
                        if let Err(error) = self.refresh().await { return error; }
                    }
                    Some(Err(error)) => return self.explain(error),
                    None => return SourceError::Unknown(format!("Docker at {} ended the event stream", self.config().address)),
                },
                _ = ping.tick() => match self.ping().await {
                    Ok(at) => self.locked(|inventory| inventory.ping_answered(at)),
                    Err(error) => return error,
                },
                () = seen.closed() => break,
            }
        }
        SourceError::Unknown("the program is ending".into())
    }

    async fn take(
        &self,
        event: ContainerEvent,
        since: &mut Option<Timestamp>,
        seen: &mpsc::Sender<Seen>,
    ) -> Result<(), ()> {
        self.locked(|inventory| inventory.apply(&event));
        *since = Some(since.map_or(event.at, |last| last.max(event.at)));
        seen.send(Seen::Event(event)).await.map_err(drop)
    }

    async fn refresh(&self) -> Result<(), SourceError> {
        let wanted = self.locked(|inventory| inventory.wanted());
        if wanted.is_empty() {
            return Ok(());
        }
        if wanted.len() > SOME_MAX {
            let listed = self.list().await?;
            self.locked(|inventory| inventory.replace(listed));
        } else {
            let listed = self.list_some(&wanted).await?;
            self.locked(|inventory| {
                inventory.ping_answered(listed.at);
                inventory.refreshed(&wanted, listed.value);
            });
        }
        Ok(())
    }

    fn locked<T>(&self, work: impl FnOnce(&mut Inventory) -> T) -> T {
        work(&mut self.inventory.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
