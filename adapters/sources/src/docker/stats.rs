//! CPU and memory of containers: two samples make a percentage. From cgroup files where they can be seen, else by
//! the stats API, all containers at once with bounded parallelism. No stats stream is ever held open: fifty of them
//! cost an engine a tenth of a core for ever.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bollard::Docker;
use bollard::models::ContainerStatsResponse;
use bollard::query_parameters::StatsOptionsBuilder;
use futures_util::{StreamExt, stream};
use steward_core::fleet::{ContainerId, ContainerUsage};

use super::cgroup::{CgroupReader, Counters};
use super::error::CallError;

/// Between two samples of one question, when there is no earlier one.
const WINDOW: Duration = Duration::from_millis(200);
/// An earlier sample serves if it is at least this old, and at most `STALE`.
const RIPE: Duration = Duration::from_millis(150);
const STALE: Duration = Duration::from_mins(1);
/// Stats calls at once: each holds a connection for a second or two.
const PARALLEL: usize = 64;

/// The last counters of each container.
#[derive(Debug, Default)]
pub(super) struct Samples(Mutex<HashMap<ContainerId, Counters>>);

impl Samples {
    /// What the files tell, and the containers they know nothing of.
    pub(super) async fn by_files(
        &self,
        reader: &CgroupReader,
        ids: &[ContainerId],
        deadline: Duration,
    ) -> (Vec<ContainerUsage>, Vec<ContainerId>) {
        let Some(mut second) = read_all(reader, ids, deadline).await else {
            return (Vec::new(), ids.to_vec());
        };
        let mut first = self.ripe(&second);
        if first.len() < second.len() && !second.is_empty() {
            let fresh = std::mem::take(&mut second);
            tokio::time::sleep(WINDOW).await;
            second = read_all(reader, ids, deadline).await.unwrap_or_default();
            for (id, counters) in fresh {
                first.entry(id).or_insert(counters);
            }
        }
        let missing = ids.iter().filter(|id| !second.contains_key(id)).cloned().collect();
        let rows =
            ids.iter().filter_map(|id| second.get(id).map(|now| usage(id, first.get(id), now))).collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = second;
        (rows, missing)
    }

    fn ripe(&self, now: &HashMap<ContainerId, Counters>) -> HashMap<ContainerId, Counters> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ripe = |counters: &Counters| {
            let age = Instant::now().saturating_duration_since(counters.read_at);
            age >= RIPE && age <= STALE
        };
        let shared = kept.iter().filter(|(id, counters)| now.contains_key(*id) && ripe(counters));
        shared.map(|(id, counters)| (id.clone(), counters.clone())).collect()
    }
}

/// `None`: the files did not answer in time.
async fn read_all(
    reader: &CgroupReader,
    ids: &[ContainerId],
    deadline: Duration,
) -> Option<HashMap<ContainerId, Counters>> {
    let (reader, ids) = (reader.clone(), ids.to_vec());
    let work = tokio::task::spawn_blocking(move || {
        ids.into_iter().filter_map(|id| reader.read(&id).map(|counters| (id, counters))).collect()
    });
    tokio::time::timeout(deadline, work).await.ok()?.ok()
}

fn usage(id: &ContainerId, first: Option<&Counters>, second: &Counters) -> ContainerUsage {
    let cpu_percent = first.and_then(|first| {
        let wall = second.read_at.saturating_duration_since(first.read_at).as_nanos() as f64;
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

/// One answer per container from the stats API; one that ended meanwhile is left out.
pub(super) async fn ask_all(docker: &Docker, ids: &[ContainerId]) -> Result<Vec<ContainerUsage>, CallError> {
    let asked = stream::iter(ids.iter().cloned()).map(|id| async move {
        let options = StatsOptionsBuilder::new().stream(false).one_shot(false).build();
        let answer = std::pin::pin!(docker.stats(id.as_str(), Some(options))).next().await;
        match answer {
            Some(Ok(stats)) => Ok(Some(from_api(id, &stats))),
            None => Ok(None),
            Some(Err(error)) => match CallError::from(error) {
                CallError::NotFound(_) => Ok(None),
                other => Err(other),
            },
        }
    });
    let answers: Vec<Result<Option<ContainerUsage>, CallError>> =
        asked.buffer_unordered(PARALLEL).collect().await;
    answers.into_iter().filter_map(Result::transpose).collect()
}

fn from_api(id: ContainerId, stats: &ContainerStatsResponse) -> ContainerUsage {
    let memory = stats.memory_stats.as_ref();
    let used = memory.and_then(|m| m.usage).unwrap_or(0);
    let parts = memory.and_then(|m| m.stats.as_ref());
    let inactive = parts
        .and_then(|s| s.get("total_inactive_file").or_else(|| s.get("inactive_file")))
        .copied()
        .unwrap_or(0);
    ContainerUsage {
        id,
        cpu_percent: cpu_percent(stats),
        memory_bytes: if inactive < used { used - inactive } else { used },
        memory_limit_bytes: memory.and_then(|m| m.limit).filter(|l| *l > 0),
        processes: stats.pids_stats.as_ref().and_then(|p| p.current),
    }
}

/// Percent of one core, as `docker stats` computes it.
fn cpu_percent(stats: &ContainerStatsResponse) -> Option<f64> {
    let now = stats.cpu_stats.as_ref()?;
    let before = stats.precpu_stats.as_ref()?;
    let total = |s: &bollard::models::ContainerCpuStats| s.cpu_usage.as_ref()?.total_usage;
    let used = total(now)?.checked_sub(total(before)?)? as f64;
    let system = now.system_cpu_usage?.checked_sub(before.system_cpu_usage?)? as f64;
    let cores = f64::from(now.online_cpus.filter(|c| *c > 0).unwrap_or(1));
    (system > 0.0).then(|| used / system * cores * 100.0)
}
