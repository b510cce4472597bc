//! What the engine answers, as far as it is read. Lenient: an unknown word, a `null` where a list is promised (the
//! engine marshals empty slices so) or a missing field must not cost the whole answer. There is no field for
//! `Config.Env`, so it is skipped over and never held.

use std::collections::HashMap;

use serde::{Deserialize, Deserializer};

/// `null` reads as the default.
fn nullable<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Summary {
    #[serde(deserialize_with = "nullable")]
    pub id: String,
    #[serde(deserialize_with = "nullable")]
    pub names: Vec<String>,
    #[serde(deserialize_with = "nullable")]
    pub image: String,
    #[serde(deserialize_with = "nullable")]
    pub created: i64,
    #[serde(deserialize_with = "nullable")]
    pub ports: Vec<PortRow>,
    #[serde(deserialize_with = "nullable")]
    pub labels: ComposeLabels,
    #[serde(deserialize_with = "nullable")]
    pub state: String,
    #[serde(deserialize_with = "nullable")]
    pub status: String,
    #[serde(deserialize_with = "nullable")]
    pub network_settings: Networks,
    /// Since API 1.52; before, the status text tells.
    pub health: Option<SummaryHealth>,
}

/// The two labels that name a service; the others are skipped unread.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ComposeLabels {
    #[serde(rename = "com.docker.compose.project")]
    pub project: Option<String>,
    #[serde(rename = "com.docker.compose.service")]
    pub service: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct PortRow {
    #[serde(rename = "IP")]
    pub ip: Option<String>,
    pub private_port: u16,
    pub public_port: Option<u16>,
    #[serde(rename = "Type", deserialize_with = "nullable")]
    pub kind: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Networks {
    #[serde(deserialize_with = "nullable")]
    pub networks: HashMap<String, Network>,
}

/// Only its name is of interest.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Network {
    #[serde(rename = "NetworkID")]
    pub _id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct SummaryHealth {
    #[serde(deserialize_with = "nullable")]
    pub status: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Inspect {
    #[serde(deserialize_with = "nullable")]
    pub id: String,
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    #[serde(deserialize_with = "nullable")]
    pub image: String,
    #[serde(deserialize_with = "nullable")]
    pub restart_count: i64,
    #[serde(deserialize_with = "nullable")]
    pub state: InspectState,
    #[serde(deserialize_with = "nullable")]
    pub host_config: InspectHost,
    #[serde(deserialize_with = "nullable")]
    pub config: InspectConfig,
    #[serde(deserialize_with = "nullable")]
    pub mounts: Vec<Mount>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InspectState {
    #[serde(deserialize_with = "nullable")]
    pub status: String,
    #[serde(rename = "OOMKilled", deserialize_with = "nullable")]
    pub oom_killed: bool,
    #[serde(deserialize_with = "nullable")]
    pub exit_code: i64,
    #[serde(deserialize_with = "nullable")]
    pub error: String,
    #[serde(deserialize_with = "nullable")]
    pub started_at: String,
    #[serde(deserialize_with = "nullable")]
    pub finished_at: String,
    pub health: Option<InspectHealth>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InspectHealth {
    #[serde(deserialize_with = "nullable")]
    pub status: String,
    #[serde(deserialize_with = "nullable")]
    pub failing_streak: i64,
    #[serde(deserialize_with = "nullable")]
    pub log: Vec<ProbeRow>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ProbeRow {
    #[serde(deserialize_with = "nullable")]
    pub end: String,
    #[serde(deserialize_with = "nullable")]
    pub exit_code: i64,
    #[serde(deserialize_with = "nullable")]
    pub output: String,
}

/// `Env` and everything else here is not declared, and so not kept.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InspectConfig {
    #[serde(deserialize_with = "nullable")]
    pub image: String,
    #[serde(deserialize_with = "nullable")]
    pub tty: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct InspectHost {
    #[serde(deserialize_with = "nullable")]
    pub memory: u64,
    #[serde(deserialize_with = "nullable")]
    pub nano_cpus: u64,
    #[serde(deserialize_with = "nullable")]
    pub cpu_quota: i64,
    #[serde(deserialize_with = "nullable")]
    pub cpu_period: i64,
    pub restart_policy: Option<RestartRow>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct RestartRow {
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    pub maximum_retry_count: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Mount {
    #[serde(deserialize_with = "nullable")]
    pub source: String,
    #[serde(deserialize_with = "nullable")]
    pub destination: String,
    #[serde(rename = "RW", deserialize_with = "nullable")]
    pub rw: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Info {
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    #[serde(deserialize_with = "nullable")]
    pub containers: u64,
    #[serde(deserialize_with = "nullable")]
    pub containers_running: u64,
    #[serde(deserialize_with = "nullable")]
    pub driver: String,
    #[serde(deserialize_with = "nullable")]
    pub cgroup_driver: String,
    #[serde(deserialize_with = "nullable")]
    pub cgroup_version: String,
    #[serde(deserialize_with = "nullable")]
    pub server_version: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Version {
    #[serde(deserialize_with = "nullable")]
    pub api_version: String,
}

/// `/system/df` of API 1.41 to 1.51; from 1.52 on the sums stand in the `…Usage` objects.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Usage {
    pub layers_size: Option<i64>,
    #[serde(deserialize_with = "nullable")]
    pub images: Vec<ImageRow>,
    #[serde(deserialize_with = "nullable")]
    pub containers: Vec<SizeRow>,
    #[serde(deserialize_with = "nullable")]
    pub volumes: Vec<VolumeRow>,
    #[serde(deserialize_with = "nullable")]
    pub build_cache: Vec<CacheRow>,
    #[serde(alias = "ImageUsage")]
    pub images_disk_usage: Option<SumRow>,
    #[serde(alias = "ContainerUsage")]
    pub containers_disk_usage: Option<SumRow>,
    #[serde(alias = "VolumeUsage")]
    pub volumes_disk_usage: Option<SumRow>,
    #[serde(alias = "BuildCacheUsage")]
    pub build_cache_disk_usage: Option<SumRow>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct SumRow {
    #[serde(deserialize_with = "nullable")]
    pub total_count: i64,
    #[serde(deserialize_with = "nullable")]
    pub total_size: i64,
    #[serde(deserialize_with = "nullable")]
    pub reclaimable: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ImageRow {
    #[serde(deserialize_with = "nullable")]
    pub size: i64,
    #[serde(deserialize_with = "nullable")]
    pub shared_size: i64,
    #[serde(deserialize_with = "nullable")]
    pub containers: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct SizeRow {
    #[serde(deserialize_with = "nullable")]
    pub size_rw: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct VolumeRow {
    pub usage_data: Option<VolumeUsage>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct VolumeUsage {
    #[serde(deserialize_with = "nullable")]
    pub size: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct CacheRow {
    #[serde(deserialize_with = "nullable")]
    pub size: i64,
    #[serde(deserialize_with = "nullable")]
    pub shared: bool,
}

/// Of an error answer.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ErrorBody {
    #[serde(default)]
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_environment_is_never_held() {
        let body = r#"{"Id":"x","Config":{"Env":["TOKEN=hunter2"],"Image":"app","Tty":true},"Args":["--key=hunter2"]}"#;
        let inspect: Inspect = serde_json::from_str(body).unwrap();
        assert_eq!(inspect.config.image, "app");
        assert!(!format!("{inspect:?}").contains("hunter2"));
    }

    #[test]
    fn nulls_and_unknown_words_cost_nothing() {
        let body = r#"[{"Id":"a","Names":null,"Ports":null,"Labels":null,"State":"hibernating","NetworkSettings":null}]"#;
        let rows: Vec<Summary> = serde_json::from_str(body).unwrap();
        assert_eq!(rows[0].state, "hibernating");
    }

    proptest! {
        #[test]
        fn garbage_is_an_error_and_not_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let parsed = serde_json::from_slice::<Vec<Summary>>(&bytes);
            let is_json_list = serde_json::from_slice::<Vec<serde_json::Value>>(&bytes).is_ok();
            prop_assert!(is_json_list || parsed.is_err());
            drop(serde_json::from_slice::<Inspect>(&bytes));
            drop(serde_json::from_slice::<Usage>(&bytes));
        }

        #[test]
        fn whatever_stands_in_the_texts_each_real_row_is_one_container(
            texts in proptest::collection::vec((any::<String>(), any::<String>(), any::<String>(), any::<bool>()), 0..8)
        ) {
            let row = |n: usize, (name, status, label, real): &(String, String, String, bool)| serde_json::json!({
                "Id": if *real { format!("{n:064x}") } else { name.clone() }, "Names": [name], "Image": label, "State": status,
                "Status": status, "Labels": { "com.docker.compose.project": label, "com.docker.compose.service": name, "x": status },
            });
            let list: Vec<_> = texts.iter().enumerate().map(|(n, t)| row(n, t)).collect();
            let rows: Vec<Summary> = serde_json::from_str(&serde_json::to_string(&list).unwrap()).unwrap();
            let containers = super::super::map::containers(rows, "h", jiff::Timestamp::UNIX_EPOCH);
            prop_assert_eq!(containers.len(), texts.iter().filter(|t| t.3).count());
            prop_assert!(containers.iter().all(|c| c.name.chars().count() <= 255 && c.status.chars().count() <= 256));
        }
    }
}
