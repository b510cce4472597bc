//! CPU and memory of containers: two samples make a percentage. From cgroup files where they can be seen, else by
//! the stats API, all containers at once with bounded parallelism. No stats stream is ever held open: fifty of them
//! cost an engine a tenth of a core for ever.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bollard::Docker;
use bollard::models::ContainerStatsResponse;
use bollard::query_parameters::StatsOptionsBuilder;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use steward_core::fleet::{ContainerId, ContainerUsage};

use super::cgroup::{CgroupReader, Counters};
use super::error::CallError;

/// Between two samples of one question, when there is no earlier one.
const WINDOW: Duration = Duration::from_millis(200);
/// An earlier sample serves if it is at least this old, and at most `STALE`.
const RIPE: Duration = Duration::from_millis(150);
const STALE: Duration = Duration::from_mins(1);
/// Stats calls at once: on many engines each one holds a connection for a second.
const PARALLEL: usize = 128;

type Sample = HashMap<ContainerId, Counters>;

/// The last counters of each container, from one of the two ways.
#[derive(Debug, Default)]
pub(super) struct Samples(Mutex<Sample>);

impl Samples {
    /// Reads once, or twice with a pause between where a container has no earlier sample; what is not in the last
    /// reading has ended, or cannot be read this way.
    pub(super) async fn measure<'a>(
        &self,
        ids: &[ContainerId],
        read: impl Fn() -> BoxFuture<'a, Result<Sample, CallError>> + Send,
    ) -> Result<Vec<ContainerUsage>, CallError> {
        let mut second = read().await?;
        let mut first = self.ripe(&second);
        if first.len() < second.len() {
            let fresh = std::mem::take(&mut second);
            tokio::time::sleep(WINDOW).await;
            second = read().await?;
            for (id, counters) in fresh {
                first.entry(id).or_insert(counters);
            }
        }
        let rows =
            ids.iter().filter_map(|id| second.get(id).map(|now| usage(id, first.get(id), now))).collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = second;
        Ok(rows)
    }

    fn ripe(&self, now: &Sample) -> Sample {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ripe = |id: &ContainerId, counters: &Counters| {
            now.get(id).is_some_and(|now| {
                let age = now.read_at.saturating_sub(counters.read_at);
                age >= RIPE && age <= STALE
            })
        };
        kept.iter()
            .filter(|(id, counters)| ripe(id, counters))
            .map(|(id, c)| (id.clone(), c.clone()))
            .collect()
    }
}

/// The files of these containers; on a thread of its own, for a file system may hang.
pub(super) fn by_files(
    reader: &CgroupReader,
    ids: &[ContainerId],
) -> BoxFuture<'static, Result<Sample, CallError>> {
    let (reader, ids) = (reader.clone(), ids.to_vec());
    let read =
        move || ids.into_iter().filter_map(|id| reader.read(&id).map(|counters| (id, counters))).collect();
    async { tokio::task::spawn_blocking(read).await.map_err(|error| CallError::Other(error.to_string())) }
        .boxed()
}

/// One short answer per container from the stats API; one that ended meanwhile is left out.
pub(super) fn by_api<'a>(
    docker: &'a Docker,
    ids: &[ContainerId],
) -> BoxFuture<'a, Result<Sample, CallError>> {
    let asked = stream::iter(ids.to_vec()).map(move |id| async move {
        let options = StatsOptionsBuilder::new().stream(false).one_shot(true).build();
        let answer = std::pin::pin!(docker.stats(id.as_str(), Some(options))).next().await;
        match answer {
            Some(Ok(stats)) => Ok(Some((id, counters(&stats)))),
            None => Ok(None),
            Some(Err(error)) => match CallError::from(error) {
                CallError::NotFound(_) => Ok(None),
                other => Err(other),
            },
        }
    });
    let answers = asked.buffer_unordered(PARALLEL).collect::<Vec<Result<_, CallError>>>();
    async { answers.await.into_iter().filter_map(Result::transpose).collect() }.boxed()
}

fn usage(id: &ContainerId, first: Option<&Counters>, second: &Counters) -> ContainerUsage {
    let cpu_percent = first.and_then(|first| {
        let wall = second.read_at.checked_sub(first.read_at)?.as_nanos() as f64;
        // A counter that fell back belongs to a new start of the container.
        let used = second.cpu_ns.checked_sub(first.cpu_ns)?;
        (wall > 0.0).then(|| used as f64 * 100.0 / wall)
    });
    ContainerUsage {
        id: id.clone(),
        cpu_percent,
        memory_bytes: second.memory_bytes,
        memory_limit_bytes: second.limit_bytes,
        processes: second.processes,
    }
}

fn counters(stats: &ContainerStatsResponse) -> Counters {
    let memory = stats.memory_stats.as_ref();
    let used = memory.and_then(|m| m.usage).unwrap_or(0);
    let parts = memory.and_then(|m| m.stats.as_ref());
    let inactive = parts
        .and_then(|s| s.get("total_inactive_file").or_else(|| s.get("inactive_file")))
        .copied()
        .unwrap_or(0);
    let cpu = stats.cpu_stats.as_ref().and_then(|c| c.cpu_usage.as_ref()).and_then(|u| u.total_usage);
    // By the engine's clock: the answers of many containers arrive late by different times.
    let read_ns = stats.read.map(|at| at.unix_timestamp_nanos()).unwrap_or_default();
    Counters {
        read_at: Duration::from_nanos(u64::try_from(read_ns).unwrap_or(0)),
        cpu_ns: cpu.unwrap_or(0),
        memory_bytes: if inactive < used { used - inactive } else { used },
        limit_bytes: memory.and_then(|m| m.limit).filter(|limit| *limit > 0),
        processes: stats.pids_stats.as_ref().and_then(|p| p.current),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn id() -> ContainerId {
        ContainerId::parse(&"a".repeat(64)).unwrap()
    }

    fn sample(at_ms: u64, cpu_ms: u64) -> Sample {
        let counters = Counters {
            read_at: Duration::from_millis(at_ms),
            cpu_ns: cpu_ms * 1_000_000,
            memory_bytes: 5,
            limit_bytes: None,
            processes: Some(1),
        };
        HashMap::from([(id(), counters)])
    }

    #[tokio::test(start_paused = true)]
    async fn two_samples_make_a_percentage_and_an_earlier_one_saves_the_pause() {
        let samples = Samples::default();
        let calls = AtomicU64::new(0);
        let reading = || {
            let n = calls.fetch_add(1, Ordering::Relaxed);
            async move { Ok(sample(1_000 + n * 200, n * 100)) }.boxed()
        };
        let rows = samples.measure(&[id()], reading).await.unwrap();
        assert_eq!((rows[0].cpu_percent, calls.load(Ordering::Relaxed)), (Some(50.0), 2));
        let rows = samples.measure(&[id()], reading).await.unwrap();
        assert_eq!((rows[0].cpu_percent, calls.load(Ordering::Relaxed)), (Some(50.0), 3));
    }

    #[test]
    fn a_container_that_started_anew_has_no_percentage_and_no_panic() {
        let (before, after) = (sample(1_000, 900), sample(1_200, 1));
        assert_eq!(usage(&id(), before.get(&id()), &after[&id()]).cpu_percent, None);
        assert_eq!(usage(&id(), after.get(&id()), &before[&id()]).cpu_percent, None);
    }
}
