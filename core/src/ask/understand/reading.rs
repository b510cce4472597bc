//! What a message was understood as. The names of the variants, in `snake_case`, are the stable words
//! that users, scripts and snapshots see.

use serde::{Deserialize, Serialize};

/// Declares a closed enum whose variants have a stable `snake_case` name.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant),+ }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The variant of a stable word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What is done with a message.
    Verdict {
        Answer = "answer",
        Refuse = "refuse",
        Decline = "decline",
        Clarify = "clarify",
    }
}

words! {
    /// A read-only question the core can answer.
    Tool {
        HealthOverview = "health_overview",
        ListContainers = "list_containers",
        ContainerDetail = "container_detail",
        ResourceUsage = "resource_usage",
        TopConsumers = "top_consumers",
        DiskUsage = "disk_usage",
        RecentCrashes = "recent_crashes",
        ServiceLogs = "service_logs",
        Incidents = "incidents",
        ServiceHistory = "service_history",
        Alerts = "alerts",
        Checks = "checks",
        Guests = "guests",
        Explain = "explain",
        SimilarIncidents = "similar_incidents",
        Reachability = "reachability",
        Uptime = "uptime",
        StoragePools = "storage_pools",
        ActionHistory = "action_history",
        Digest = "digest",
        Skills = "skills",
        Help = "help",
        PendingApprovals = "pending_approvals",
    }
}

words! {
    /// Why a message is refused. Stable codes; the words of the refusal are separate.
    Category {
        Restart = "restart",
        Stop = "stop",
        Start = "start",
        RebootHost = "reboot_host",
        Delete = "delete",
        CreateSnapshot = "create_snapshot",
        Rollback = "rollback",
        Shell = "shell",
        FirewallNetwork = "firewall_network",
        FilesystemChange = "filesystem_change",
        UpdateInstall = "update_install",
        ScheduleAutomation = "schedule_automation",
        Secrets = "secrets",
        ArbitraryUrl = "arbitrary_url",
        Privilege = "privilege",
        Injection = "injection",
        Mixed = "mixed",
    }
}

words! {
    /// The action template that a request corresponds to. Understanding one never performs it.
    Action {
        RestartResource = "restart_resource",
        StartResource = "start_resource",
        StopResource = "stop_resource",
        CollectDiagnostics = "collect_diagnostics",
        CreateSnapshot = "create_snapshot",
        RollbackToSnapshot = "rollback_to_snapshot",
    }
}

words! {
    /// The languages whose phrases are known.
    Language {
        En = "en", Es = "es", Pt = "pt", De = "de", Fr = "fr", It = "it", Nl = "nl",
    }
}

/// What a question is about. `since` and `until` are `12h`, `7d`, RFC 3339 or a named period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arguments {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

/// A message, understood, with the reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub text: String,
    pub language: Language,
    pub verdict: Verdict,
    pub tool: Option<Tool>,
    pub arguments: Arguments,
    pub category: Option<Category>,
    pub action: Option<Action>,
    pub target: Option<String>,
    /// 0 to 1.
    pub confidence: f32,
    pub because: Vec<String>,
}
