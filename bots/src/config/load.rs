//! One pass over every setting: the environment wins over the file, a secret has one form, all errors are collected.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use steward_core::policy::{Mode, redact};
use steward_sources::docker::Address;

use super::errors::{ConfigError, Origin, nearest};
use super::file::{self, Values};
use super::keys::{FOREIGN, KEYS, Key, Served};
use super::secret::Secret;

/// Where the system keeps its time zones (tzset(3)).
const ZONES: &str = "/usr/share/zoneinfo";

/// The variables of the process, passed in so that tests can give their own.
pub type Environment = Vec<(String, String)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Human,
    Json,
}

/// What is in force.
#[derive(Debug, Clone)]
pub struct Config {
    pub mode: Mode,
    pub data_dir: PathBuf,
    pub database: PathBuf,
    pub policies: Option<PathBuf>,
    pub zone: TimeZone,
    pub docker: Address,
    /// Set by hand, and so expected to answer.
    pub docker_is_set: bool,
    pub log_filter: Option<String>,
    pub log_format: Option<LogFormat>,
    /// Everything that was loaded as a secret, to be masked wherever it might appear.
    pub secrets: Vec<Secret>,
    /// `(name, value, origin)` of what is set, for `settings`.
    pub shown: Vec<(String, String, String)>,
    /// Not wrong, but worth a word.
    pub warnings: Vec<String>,
}

/// Reads everything; `uid` and `home` decide the default places.
pub fn load(environment: &Environment, uid: u32) -> Result<Config, Vec<ConfigError>> {
    let mut reader = Reader {
        environment,
        file: Values::new(),
        errors: Vec::new(),
        warnings: Vec::new(),
        secrets: Vec::new(),
        shown: Vec::new(),
    };
    reader.unknown_variables();
    let default_dir = default_data_dir(environment, uid);
    // The file stands next to the data directory unless it is named.
    let named = reader.variable("STEWARD_CONFIG");
    let before_file = reader.variable("STEWARD_DATA_DIR").map_or_else(|| default_dir.clone(), PathBuf::from);
    let path = named.as_ref().map_or_else(|| sibling(&before_file), PathBuf::from);
    reader.file = file::read(&path, named.is_some(), &mut reader.errors);
    reader.unserved();

    let mode = reader.get("STEWARD_MODE", "observe", |value| match value {
        "observe" => Ok(Mode::Observe),
        "guide" => Err("is not served by this version: only observe mode is".into()),
        _ => Err("must be `observe`".into()),
    });
    let data_dir = reader.get("STEWARD_DATA_DIR", &default_dir.to_string_lossy(), absolute);
    let fallback = data_dir.clone().unwrap_or(default_dir).join("steward.db");
    let database = reader.get("DATABASE_URL", &format!("sqlite://{}", fallback.display()), database);
    let policies = reader.optional("STEWARD_POLICIES", |value| {
        let path = absolute(value)?;
        if path.is_dir() { Ok(path) } else { Err("is not a directory that can be read".into()) }
    });
    let zone = reader.zone();
    let docker_is_set = reader.raw("DOCKER_HOST").is_some();
    let docker = reader.get("DOCKER_HOST", "unix:///var/run/docker.sock", |value| {
        value.parse::<Address>().map_err(|e| e.to_string())
    });
    reader.docker_tls();
    let log_filter = reader.optional("RUST_LOG", |value| {
        value
            .parse::<tracing_subscriber::EnvFilter>()
            .map(|_| value.to_owned())
            .map_err(|e| format!("is no filter: {e}"))
    });
    let log_format = reader.optional("LOG_FORMAT", |value| match value {
        "human" => Ok(LogFormat::Human),
        "json" => Ok(LogFormat::Json),
        _ => Err("must be `human` or `json`".into()),
    });
    reader.get("LLM_PROVIDER", "none", |value| match value {
        "none" => Ok(()),
        "openai" | "anthropic" | "openrouter" | "groq" | "gemini" | "ollama" => {
            Err("models are not served by this version; use `none`".into())
        }
        _ => Err("must be `none`".into()),
    });
    reader.dormant();

    let (Some(mode), Some(data_dir), Some(database), Some(zone), Some(docker)) =
        (mode, data_dir, database, zone, docker)
    else {
        return Err(reader.errors);
    };
    if !reader.errors.is_empty() {
        return Err(reader.errors);
    }
    Ok(Config {
        mode,
        data_dir,
        database,
        policies,
        zone,
        docker,
        docker_is_set,
        log_filter,
        log_format,
        secrets: reader.secrets,
        shown: reader.shown,
        warnings: reader.warnings,
    })
}

struct Reader<'a> {
    environment: &'a Environment,
    file: Values,
    errors: Vec<ConfigError>,
    warnings: Vec<String>,
    secrets: Vec<Secret>,
    shown: Vec<(String, String, String)>,
}

impl Reader<'_> {
    /// A variable that is set to something.
    fn variable(&self, name: &str) -> Option<String> {
        self.environment
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.trim().to_owned())
            .filter(|v| !v.is_empty())
    }

    fn raw(&self, name: &str) -> Option<(String, Origin)> {
        self.variable(name).map(|value| (value, Origin::Environment)).or_else(|| self.file.get(name).cloned())
    }

    fn get<T>(
        &mut self,
        name: &str,
        default: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let (value, origin) = self.raw(name).unwrap_or_else(|| (default.to_owned(), Origin::Default));
        self.parsed(name, &value, &origin, parse)
    }

    fn optional<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let (value, origin) = self.raw(name)?;
        self.parsed(name, &value, &origin, parse)
    }

    fn parsed<T>(
        &mut self,
        name: &str,
        value: &str,
        origin: &Origin,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match parse(value) {
            Ok(parsed) => {
                self.shown.push((name.to_owned(), value.to_owned(), origin.to_string()));
                Some(parsed)
            }
            Err(why) => {
                // An address may hold a password.
                let shown: String = redact(value).chars().take(80).collect();
                let help = KEYS.iter().find(|k| k.name == name).map_or("", |k| k.help);
                self.errors.push(ConfigError::new(
                    name,
                    origin,
                    redact(&format!("`{}` {why}", shown.escape_debug())),
                    help,
                ));
                None
            }
        }
    }

    /// Variables that nearly bear a name of ours.
    fn unknown_variables(&mut self) {
        for (name, _) in self.environment {
            let known = KEYS
                .iter()
                .any(|k| k.name == name || (k.secret && name.strip_suffix("_FILE") == Some(k.name)));
            if known || FOREIGN.contains(&name.as_str()) {
                continue;
            }
            let meant = nearest(name, KEYS.iter().map(|k| k.name));
            let ours = name.starts_with("STEWARD_");
            // Other programs have variables too: only what is nearly ours, in our families, is a mistake.
            let family =
                ["DISCORD_", "TELEGRAM_", "EXECUTOR_", "WEBHOOK_", "DIGEST_", "RATE_LIMIT_", "GATEWAY_"];
            let near = family.iter().any(|f| name.starts_with(f)) && meant.is_some();
            if ours || near {
                let help = meant.map_or_else(
                    || "`.env.example` lists every setting".to_owned(),
                    |m| format!("did you mean {m}?"),
                );
                self.errors.push(ConfigError::new(name, &Origin::Environment, "is no setting", help));
            }
        }
    }

    fn unserved(&mut self) {
        for key in KEYS.iter().filter(|k| k.served == Served::No) {
            let as_file =
                key.secret.then(|| format!("{}_FILE", key.name)).filter(|name| self.variable(name).is_some());
            let set = self.raw(key.name).map(|(_, origin)| origin).or(as_file.map(|_| Origin::Environment));
            if let Some(origin) = set {
                let help = format!("remove it; it would mean: {}", key.help);
                self.errors.push(ConfigError::new(key.name, &origin, "is not served by this version", help));
            }
        }
    }

    /// Settings of model providers: loaded, so that their values are masked, and otherwise unused.
    fn dormant(&mut self) {
        for key in KEYS.iter().filter(|k| k.served == Served::Dormant) {
            let origin =
                if key.secret { self.secret(key) } else { self.raw(key.name).map(|(_, origin)| origin) };
            if let Some(origin) = origin {
                self.warnings
                    .push(format!("{} is set ({origin}) and unused: LLM_PROVIDER is `none`", key.name));
                self.shown.push((
                    key.name.to_owned(),
                    if key.secret { "***".into() } else { "set, unused".into() },
                    origin.to_string(),
                ));
            }
        }
    }

    /// A secret comes as `X`, as `X_FILE`, or as `$CREDENTIALS_DIRECTORY/x`: one form only.
    fn secret(&mut self, key: &Key) -> Option<Origin> {
        let mut forms: Vec<(String, Origin)> = Vec::new();
        let direct = self.raw(key.name);
        let file = self.variable(&format!("{}_FILE", key.name));
        let credential = self
            .variable("CREDENTIALS_DIRECTORY")
            .map(|dir| Path::new(&dir).join(key.name.to_lowercase()))
            .filter(|p| p.exists());
        for path in file.map(PathBuf::from).into_iter().chain(credential) {
            let origin = Origin::SecretFile(path.display().to_string());
            match std::fs::read_to_string(&path) {
                Ok(text) => forms.push((text.trim_end_matches(['\n', '\r']).to_owned(), origin)),
                Err(error) => self.errors.push(ConfigError::new(
                    key.name,
                    &origin,
                    format!("cannot be read: {error}"),
                    "check the path and its permissions",
                )),
            }
        }
        forms.extend(direct);
        if forms.len() > 1 {
            let at: Vec<String> = forms.iter().map(|(_, origin)| origin.to_string()).collect();
            let help = "keep one of them";
            self.errors.push(ConfigError::new(
                key.name,
                &Origin::Environment,
                format!("is given twice: {}", at.join(" and ")),
                help,
            ));
        }
        let (value, origin) = forms.into_iter().next()?;
        self.secrets.push(Secret::new(value));
        Some(origin)
    }

    fn zone(&mut self) -> Option<TimeZone> {
        // POSIX writes a leading colon.
        let named = self.optional("TZ", |value| {
            let name = value.trim_start_matches(':');
            zone_file(name)
                .or_else(|| TimeZone::get(name).ok())
                .or_else(|| TimeZone::posix(name).ok())
                .ok_or_else(|| "is no time zone".to_owned())
        });
        match (named, self.raw("TZ")) {
            (Some(zone), _) => Some(zone),
            (None, Some(_)) => None,
            (None, None) => {
                Some(system_zone().or_else(|| TimeZone::try_system().ok()).unwrap_or(TimeZone::UTC))
            }
        }
    }

    fn docker_tls(&mut self) {
        if self.variable("DOCKER_TLS_VERIFY").is_some_and(|v| v != "0")
            && self.raw("DOCKER_HOST").is_some_and(|(h, _)| h.starts_with("tcp"))
        {
            let help = "use a unix socket or a proxy on this machine";
            self.errors.push(ConfigError::new(
                "DOCKER_TLS_VERIFY",
                &Origin::Environment,
                "an engine over TLS is not served by this version",
                help,
            ));
        }
    }
}

/// The zone of this name from its own file: the search by name walks the whole directory first.
fn zone_file(name: &str) -> Option<TimeZone> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/_+-".contains(&b);
    if name.is_empty() || name.starts_with('/') || !name.bytes().all(plain) {
        return None;
    }
    let bytes = std::fs::read(Path::new(ZONES).join(name)).ok()?;
    TimeZone::tzif(name, &bytes).ok()
}

/// The zone that `/etc/localtime` points to, as tzset(3) finds it.
fn system_zone() -> Option<TimeZone> {
    let target = std::fs::read_link("/etc/localtime").ok()?;
    zone_file(target.to_str()?.split_once("zoneinfo/")?.1)
}

fn absolute(value: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(value);
    if path.is_absolute() { Ok(path) } else { Err("must be an absolute path".into()) }
}

fn database(value: &str) -> Result<PathBuf, String> {
    match value.split_once("://") {
        Some(("sqlite", path)) => absolute(path.split('?').next().unwrap_or(path)),
        Some(("postgres" | "postgresql", _)) => {
            Err("PostgreSQL is not served by this version; use sqlite:///path/to/file".into())
        }
        _ => Err("must be sqlite:///path/to/file".into()),
    }
}

fn sibling(data_dir: &Path) -> PathBuf {
    data_dir.parent().unwrap_or(data_dir).join("steward.toml")
}

fn default_data_dir(environment: &Environment, uid: u32) -> PathBuf {
    let of = |name: &str| {
        environment.iter().find(|(k, v)| k == name && v.starts_with('/')).map(|(_, v)| PathBuf::from(v))
    };
    if uid == 0 && of("XDG_STATE_HOME").is_none() {
        return "/var/lib/steward".into();
    }
    let state = of("XDG_STATE_HOME").or_else(|| of("HOME").map(|home| home.join(".local/state")));
    state.unwrap_or_else(|| "/var/lib".into()).join("steward")
}
