//! Every setting: its name in the environment, its place in `steward.toml`, what it means. `.env.example` is tested
//! against this table, and the table against what is read.

/// Whether this version does something with a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    Yes,
    /// Belongs to a model provider's own tools too: read, and unused while `LLM_PROVIDER` is `none`.
    Dormant,
    /// Setting it is a configuration error that says so.
    No,
}

#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub name: &'static str,
    /// `table.key` in `steward.toml`; empty: environment only.
    pub toml: &'static str,
    pub secret: bool,
    pub served: Served,
    pub help: &'static str,
}

const fn key(name: &'static str, toml: &'static str, served: Served, help: &'static str) -> Key {
    Key { name, toml, secret: false, served, help }
}

const fn secret(name: &'static str, toml: &'static str, served: Served, help: &'static str) -> Key {
    Key { name, toml, secret: true, served, help }
}

use Served::{Dormant, No, Yes};

pub const KEYS: &[Key] = &[
    key("STEWARD_CONFIG", "", Yes, "path of steward.toml"),
    key("STEWARD_MODE", "steward.mode", Yes, "observe: no action is even offered"),
    key(
        "STEWARD_DATA_DIR",
        "steward.data_dir",
        Yes,
        "database and record; default $XDG_STATE_HOME/steward, /var/lib/steward for root",
    ),
    key(
        "DATABASE_URL",
        "steward.database_url",
        Yes,
        "sqlite:///path/to/file; default steward.db in the data directory",
    ),
    key(
        "STEWARD_POLICIES",
        "steward.policies",
        Yes,
        "directory that adds your own phrases: phrases/*.phrases",
    ),
    key("TZ", "steward.tz", Yes, "time zone, e.g. Europe/Lisbon; default: the system's"),
    key(
        "DOCKER_HOST",
        "docker.host",
        Yes,
        "unix:///path or tcp://host:port; default unix:///var/run/docker.sock",
    ),
    key("RUST_LOG", "log.filter", Yes, "what is logged, e.g. info or steward=debug"),
    key("LOG_FORMAT", "log.format", Yes, "human or json; default: human on a terminal"),
    key("LLM_PROVIDER", "llm.provider", Yes, "none: answers need no model"),
    key("LLM_MODEL", "llm.model", No, "model to use"),
    key("LLM_BASE_URL", "llm.base_url", No, "address of the provider"),
    secret("OPENAI_API_KEY", "llm.openai_api_key", Dormant, "key of OpenAI"),
    key("OPENAI_BASE_URL", "llm.openai_base_url", Dormant, "address of an OpenAI-compatible server"),
    secret("ANTHROPIC_API_KEY", "llm.anthropic_api_key", Dormant, "key of Anthropic"),
    secret("OPENROUTER_API_KEY", "llm.openrouter_api_key", Dormant, "key of OpenRouter"),
    secret("GROQ_API_KEY", "llm.groq_api_key", Dormant, "key of Groq"),
    secret("GEMINI_API_KEY", "llm.gemini_api_key", Dormant, "key of Gemini"),
    key("OLLAMA_HOST", "llm.ollama_host", Dormant, "address of Ollama"),
    secret("DISCORD_TOKEN", "discord.token", No, "bot token"),
    key("DISCORD_ALLOWED_USERS", "discord.allowed_users", No, "numeric ids of who may ask"),
    key("DISCORD_APPROVERS", "discord.approvers", No, "numeric ids of who may approve"),
    key("DISCORD_GUILD_ID", "discord.guild_id", No, "where commands are registered"),
    key("DISCORD_CHANNEL_ID", "discord.channel_id", No, "where incidents are posted"),
    key("DISCORD_API_URL", "discord.api_url", No, "a REST proxy or a test server"),
    secret("TELEGRAM_TOKEN", "telegram.token", No, "bot token"),
    key("TELEGRAM_ALLOWED_USERS", "telegram.allowed_users", No, "numeric ids of who may ask"),
    key("TELEGRAM_APPROVERS", "telegram.approvers", No, "numeric ids of who may approve"),
    key("TELEGRAM_CHAT_ID", "telegram.chat_id", No, "where incidents are posted"),
    key("TELEGRAM_API_URL", "telegram.api_url", No, "a self-hosted Bot API server"),
    secret("SMTP_URL", "mail.smtp_url", No, "smtps://user:pass@host:465"),
    key("MAIL_FROM", "mail.from", No, "sender of the digest"),
    key("MAIL_TO", "mail.to", No, "who gets the digest"),
    secret("MAIL_INBOX_URL", "mail.inbox_url", No, "imaps://user:pass@host/INBOX"),
    key("MAIL_ALLOWED_SENDERS", "mail.allowed_senders", No, "whose mails are questions"),
    key("DIGEST_AT", "digest.at", No, "local time of the daily digest"),
    key("WEBHOOK_URLS", "webhook.urls", No, "targets of structured events"),
    secret("WEBHOOK_SECRET", "webhook.secret", No, "signs the events"),
    key("PROXY_SOCKET", "proxy.socket", No, "the filtered engine of steward-executor proxy"),
    key("EXECUTOR_SOCKET", "executor.socket", No, "between steward and steward-executor act"),
    key("EXECUTOR_DATA_DIR", "executor.data_dir", No, "journal and key of the executor"),
    key("EXECUTOR_POLICIES", "executor.policies", No, "the executor's own allowlist"),
    key("EXECUTOR_APPROVERS", "executor.approvers", No, "the executor's own approvers"),
    key("EXECUTOR_PEER_UID", "executor.peer_uid", No, "whose connections the executor answers"),
    key("GATEWAY_ADDR", "gateway.addr", No, "address of the HTTP gateway"),
    secret("GATEWAY_API_KEY", "gateway.api_key", No, "key of the HTTP gateway"),
    key("RATE_LIMIT_REQUESTS", "rate_limit.requests", No, "questions per user of a chat and window"),
    key("RATE_LIMIT_WINDOW", "rate_limit.window", No, "the window in seconds"),
];

/// Read by tests and by the system, not by Steward: no mistake when set.
pub(super) const FOREIGN: &[&str] = &["STEWARD_SHARED", "STEWARD_REQUIRE_ENGINE"];
