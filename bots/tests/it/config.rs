//! The configuration: what is right, what is wrong, and what is said about it.

use std::collections::BTreeSet;
use std::path::Path;

use steward::config::{Config, ConfigError, Environment, KEYS, LogFormat, Served, load};
use tempfile::TempDir;

/// Every variable of the documented outside.
const DOCUMENTED: &str = "STEWARD_CONFIG STEWARD_MODE STEWARD_DATA_DIR DATABASE_URL STEWARD_POLICIES DISCORD_TOKEN \
    DISCORD_ALLOWED_USERS DISCORD_APPROVERS DISCORD_GUILD_ID DISCORD_CHANNEL_ID DISCORD_API_URL TELEGRAM_TOKEN \
    TELEGRAM_ALLOWED_USERS TELEGRAM_APPROVERS TELEGRAM_CHAT_ID TELEGRAM_API_URL SMTP_URL MAIL_FROM MAIL_TO \
    MAIL_INBOX_URL MAIL_ALLOWED_SENDERS DIGEST_AT TZ WEBHOOK_URLS WEBHOOK_SECRET DOCKER_HOST LLM_PROVIDER LLM_MODEL \
    LLM_BASE_URL OPENAI_API_KEY OPENAI_BASE_URL ANTHROPIC_API_KEY OPENROUTER_API_KEY GROQ_API_KEY GEMINI_API_KEY \
    OLLAMA_HOST PROXY_SOCKET EXECUTOR_SOCKET EXECUTOR_DATA_DIR EXECUTOR_POLICIES EXECUTOR_APPROVERS \
    EXECUTOR_PEER_UID GATEWAY_ADDR GATEWAY_API_KEY RATE_LIMIT_REQUESTS RATE_LIMIT_WINDOW RUST_LOG LOG_FORMAT";

/// An environment of its own: nothing of the machine, a file of settings where one is given.
struct Setting {
    dir: TempDir,
    variables: Environment,
}

impl Setting {
    fn new(variables: &[(&str, &str)]) -> Self {
        let dir = TempDir::new().unwrap();
        let data = dir.path().join("data").display().to_string();
        let mut all: Environment = vec![("STEWARD_DATA_DIR".into(), data)];
        for (name, value) in variables {
            all.retain(|(known, _)| known != name);
            all.push(((*name).into(), (*value).into()));
        }
        Self { dir, variables: all }
    }

    /// A `steward.toml` where it is looked for: next to the data directory.
    fn file(toml: &str) -> Self {
        let setting = Self::new(&[]);
        std::fs::write(setting.dir.path().join("steward.toml"), toml).unwrap();
        setting
    }

    fn and(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    fn load(&self) -> Result<Config, Vec<ConfigError>> {
        load(&self.variables, 1000)
    }

    fn valid(&self) -> Config {
        self.load().unwrap_or_else(|errors| panic!("{errors:#?}"))
    }

    fn errors(&self) -> Vec<ConfigError> {
        self.load().expect_err("this configuration is wrong")
    }

    /// The only error.
    fn error(&self) -> ConfigError {
        let mut errors = self.errors();
        assert_eq!(errors.len(), 1, "{errors:#?}");
        errors.remove(0)
    }
}

#[test]
fn nothing_configured_is_valid() {
    let config = load(&vec![("HOME".into(), "/home/ada".into())], 1000).unwrap();
    assert_eq!(config.data_dir, Path::new("/home/ada/.local/state/steward"));
    assert_eq!(config.database, Path::new("/home/ada/.local/state/steward/steward.db"));
    assert_eq!(config.docker.to_string(), "unix:///var/run/docker.sock");
    assert!(!config.docker_is_set && config.policies.is_none() && config.warnings.is_empty());
    assert_eq!((config.mode.as_str(), config.log_format, config.log_filter), ("observe", None, None));
}

#[test]
fn the_data_directory_is_where_people_look_for_it() {
    let table: [(&[_], _, _); 8] = [
        (&[][..], 0, "/var/lib/steward"),
        (&[("HOME", "/root")], 0, "/var/lib/steward"),
        (&[("XDG_STATE_HOME", "/s")], 0, "/s/steward"),
        (&[("XDG_STATE_HOME", "/s"), ("HOME", "/home/a")], 1000, "/s/steward"),
        (&[("XDG_STATE_HOME", "relative"), ("HOME", "/home/a")], 1000, "/home/a/.local/state/steward"),
        (&[], 1000, "/var/lib/steward"),
        (&[("STEWARD_DATA_DIR", "/d"), ("HOME", "/home/a")], 1000, "/d"),
        (&[("STEWARD_DATA_DIR", "  "), ("HOME", "/home/a")], 1000, "/home/a/.local/state/steward"),
    ];
    for (variables, uid, expected) in table {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let environment = variables.iter().map(own).collect();
        assert_eq!(load(&environment, uid).unwrap().data_dir, Path::new(expected), "{variables:?}");
    }
}

#[test]
fn good_values_are_taken_over() {
    let policies = TempDir::new().unwrap();
    let config = Setting::new(&[
        ("STEWARD_MODE", " observe "),
        ("DATABASE_URL", "sqlite:///srv/steward.db?mode=rwc"),
        ("STEWARD_POLICIES", policies.path().to_str().unwrap()),
        ("TZ", ":Europe/Lisbon"),
        ("DOCKER_HOST", "tcp://127.0.0.1:2375"),
        ("RUST_LOG", "info,steward=debug"),
        ("LOG_FORMAT", "json"),
        ("LLM_PROVIDER", "none"),
    ])
    .valid();
    assert_eq!(config.database, Path::new("/srv/steward.db"));
    assert_eq!(config.policies.as_deref(), Some(policies.path()));
    assert_eq!(config.zone.iana_name(), Some("Europe/Lisbon"));
    assert_eq!(config.docker.to_string(), "tcp://127.0.0.1:2375");
    assert!(config.docker_is_set);
    assert_eq!(config.log_filter.as_deref(), Some("info,steward=debug"));
    assert_eq!(config.log_format, Some(LogFormat::Json));

    for (name, value) in
        [("TZ", "CET-1CEST,M3.5.0,M10.5.0/3"), ("TZ", "UTC"), ("DOCKER_HOST", "unix:///run/d.sock")]
    {
        Setting::new(&[(name, value)]).valid();
    }
}

#[test]
fn a_wrong_value_is_named_with_what_would_be_right() {
    for (name, value, message, help) in [
        ("STEWARD_MODE", "obsrve", "must be `observe`", "observe"),
        ("STEWARD_MODE", "guide", "not served by this version", ""),
        ("STEWARD_DATA_DIR", "relative/dir", "must be an absolute path", "$XDG_STATE_HOME/steward"),
        ("DATABASE_URL", "sqlite://relative.db", "must be an absolute path", "sqlite:///"),
        ("DATABASE_URL", "/srv/steward.db", "must be sqlite:///path/to/file", "sqlite:///"),
        ("DATABASE_URL", "mysql://host/db", "must be sqlite:///path/to/file", "sqlite:///"),
        ("DATABASE_URL", "postgres://host/db", "PostgreSQL is not served by this version", "sqlite:///"),
        ("STEWARD_POLICIES", "/no/such/directory", "is not a directory", "directory"),
        ("TZ", "Mars/Olympus", "is no time zone", "Europe/Lisbon"),
        ("DOCKER_HOST", "/var/run/docker.sock", "", "unix:///path"),
        ("DOCKER_HOST", "unix://relative", "", "unix:///path"),
        ("DOCKER_HOST", "tcp://host:99999", "", "tcp://host:port"),
        ("DOCKER_HOST", "ssh://nas", "ssh", "unix:///path"),
        ("DOCKER_HOST", "https://nas:2376", "TLS", "unix:///path"),
        ("RUST_LOG", "steward=louder", "is no filter", "steward=debug"),
        ("LOG_FORMAT", "xml", "must be `human` or `json`", "human or json"),
        ("LLM_PROVIDER", "openai", "not served by this version; use `none`", "none"),
        ("LLM_PROVIDER", "chatty", "must be `none`", "none"),
    ] {
        let error = Setting::new(&[(name, value)]).error();
        assert_eq!((error.key.as_str(), error.at.as_str()), (name, "environment"), "{value}");
        assert!(error.message.contains(message) && error.message.contains(value), "{name}={value}: {error}");
        assert!(error.help.contains(help), "{name}={value}: {error}");
    }
}

#[test]
fn a_hostile_value_is_shown_bounded_and_escaped() {
    let error = Setting::new(&[("LOG_FORMAT", &format!("\u{1b}[2J\n{}", "x".repeat(10_000)))]).error();
    assert!(!error.to_string().contains('\u{1b}') && error.message.len() < 300, "{error}");
}

#[test]
fn a_password_in_an_address_is_never_repeated() {
    for (name, value) in [
        ("DATABASE_URL", "postgres://steward:hunter2hunter2@db/steward"),
        ("DOCKER_HOST", "tcp://admin:hunter2hunter2@nas:2375"),
        ("STEWARD_MODE", "https://admin:hunter2hunter2@nas/"),
    ] {
        let error = Setting::new(&[(name, value)]).error();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

#[test]
fn an_unknown_variable_of_ours_is_an_error_that_guesses() {
    for (name, meant) in [
        ("STEWARD_MOED", "STEWARD_MODE"),
        ("STEWARD_DATADIR", "STEWARD_DATA_DIR"),
        ("DISCORD_TOKEM", "DISCORD_TOKEN"),
        ("TELEGRAM_CHATID", "TELEGRAM_CHAT_ID"),
        ("GATEWAY_API_KYE", "GATEWAY_API_KEY"),
        ("RATE_LIMIT_REQUEST", "RATE_LIMIT_REQUESTS"),
    ] {
        let error = Setting::new(&[(name, "1")]).error();
        assert_eq!((error.key.as_str(), error.message.as_str()), (name, "is no setting"));
        assert_eq!(error.help, format!("did you mean {meant}?"));
    }
    let error = Setting::new(&[("STEWARD_XYZZY_PLUGH", "1")]).error();
    assert!(error.help.contains(".env.example"), "{error}");
}

#[test]
fn variables_of_other_programs_are_none_of_our_business() {
    Setting::new(&[
        ("PATH", "/bin"),
        ("DOCKER_CONFIG", "/x"),
        ("MAIL", "/var/mail/ada"),
        ("DATABASE_NAME", "x"),
        ("LLM_THING", "x"),
    ])
    .valid();
}

#[test]
fn a_setting_that_is_not_served_is_named_in_every_form() {
    for key in KEYS.iter().filter(|k| k.served == Served::No) {
        let error = Setting::new(&[(key.name, "1")]).error();
        assert_eq!((error.key.as_str(), error.message.as_str()), (key.name, "is not served by this version"));
        assert!(error.help.contains(key.help), "{error}");
        let (table, name) = key.toml.split_once('.').unwrap();
        let error = Setting::file(&format!("[{table}]\n{name} = 1\n")).error();
        assert_eq!(error.key, key.name);
        assert!(error.at.ends_with("steward.toml:2:1"), "{error}");
        if key.secret {
            let error = Setting::new(&[(&format!("{}_FILE", key.name), "/run/secrets/x")]).error();
            assert_eq!(error.key, key.name);
        }
    }
}

/// A key in the table that nothing reads would be a promise nobody keeps.
#[test]
fn every_key_is_really_read() {
    for key in KEYS {
        let nonsense = "=\u{1}= nonsense";
        let outcome = Setting::new(&[(key.name, nonsense)]).load();
        match (key.served, outcome) {
            (Served::Yes | Served::No, Err(errors)) => {
                assert!(errors.iter().any(|e| e.key == key.name), "{}: {errors:?}", key.name);
            }
            (Served::Dormant, Ok(config)) => {
                assert!(config.warnings.iter().any(|w| w.starts_with(key.name)), "{}", key.name);
                let shown = config.shown.iter().find(|(name, _, _)| name == key.name);
                assert!(shown.is_some_and(|(_, value, _)| !value.contains("nonsense")), "{shown:?}");
                assert_eq!(config.secrets.len(), usize::from(key.secret), "{}", key.name);
            }
            (_, outcome) => panic!("{} = nonsense: {outcome:?}", key.name),
        }
    }
}

#[test]
fn a_secret_has_one_form() {
    let setting = Setting::new(&[]);
    let file = setting.path("key");
    std::fs::write(&file, "sk-from-file\n").unwrap();
    let credentials = setting.path("credentials");
    std::fs::create_dir(&credentials).unwrap();
    std::fs::write(format!("{credentials}/openai_api_key"), "sk-from-credentials").unwrap();

    let loaded = |variables: &[(&str, &str)]| Setting::new(variables).valid().secrets[0].expose().to_owned();
    assert_eq!(loaded(&[("OPENAI_API_KEY", "sk-direct")]), "sk-direct");
    assert_eq!(loaded(&[("OPENAI_API_KEY_FILE", &file)]), "sk-from-file", "without its line break");
    assert_eq!(loaded(&[("CREDENTIALS_DIRECTORY", &credentials)]), "sk-from-credentials");

    let forms: [(&str, &str); 3] = [
        ("OPENAI_API_KEY", "sk-direct"),
        ("OPENAI_API_KEY_FILE", &file),
        ("CREDENTIALS_DIRECTORY", &credentials),
    ];
    for left_out in 0..3 {
        let two: Vec<_> = (0..3).filter(|n| *n != left_out).map(|n| forms[n]).collect();
        let error = Setting::new(&two).error();
        assert_eq!(error.key, "OPENAI_API_KEY");
        assert!(error.message.contains("is given twice") && error.message.contains(" and "), "{error}");
        assert!(!error.to_string().contains("sk-"), "{error}");
    }
    let error = Setting::new(&[("OPENAI_API_KEY_FILE", "/no/such/file")]).error();
    assert!(error.message.contains("cannot be read") && error.at == "/no/such/file", "{error}");
    let error =
        Setting::file("[llm]\nopenai_api_key = \"sk-toml\"\n").and("OPENAI_API_KEY_FILE", &file).error();
    assert!(error.message.contains("steward.toml:2:1"), "{error}");
}

#[test]
fn a_secret_is_shown_nowhere() {
    let config = Setting::new(&[("GEMINI_API_KEY", "AIzaSy-very-secret")]).valid();
    assert!(!format!("{config:?}").contains("very-secret"));
    assert!(config.shown.iter().any(|(name, value, _)| name == "GEMINI_API_KEY" && value == "***"));
}

#[test]
fn the_file_says_the_same_things() {
    let setting = Setting::file(
        "[steward]\ntz = \"Asia/Tokyo\"\n[docker]\nhost = \"unix:///run/podman.sock\"\n[log]\nfilter = \"debug\"\n",
    );
    let config = setting.valid();
    assert_eq!(config.zone.iana_name(), Some("Asia/Tokyo"));
    assert_eq!(config.docker.to_string(), "unix:///run/podman.sock");
    assert!(config.docker_is_set);
    let origin = |name: &str| config.shown.iter().find(|(n, _, _)| n == name).unwrap().2.clone();
    assert!(origin("TZ").ends_with("steward.toml:2:1"), "{}", origin("TZ"));
    assert!(origin("DOCKER_HOST").ends_with("steward.toml:4:1"));
    assert_eq!(origin("STEWARD_DATA_DIR"), "environment");
    assert_eq!(origin("STEWARD_MODE"), "default");
}

#[test]
fn the_environment_wins_over_the_file() {
    let config = Setting::file("[steward]\ntz = \"Asia/Tokyo\"\n").and("TZ", "Europe/Rome").valid();
    assert_eq!(config.zone.iana_name(), Some("Europe/Rome"));
    let blank = Setting::file("[steward]\ntz = \"Asia/Tokyo\"\n").and("TZ", "").valid();
    assert_eq!(blank.zone.iana_name(), Some("Asia/Tokyo"), "an empty variable is none");
}

#[test]
fn mistakes_in_the_file_have_line_and_column() {
    for (toml, at, key, says) in [
        ("[steward]\n  mdoe = \"observe\"\n", ":2:3", "steward.mdoe", "did you mean `steward.mode`?"),
        ("[stweard]\nmode = \"observe\"\n", ":2:1", "stweard.mode", "did you mean `steward.mode`?"),
        ("mode = \"observe\"\n", ":1:1", "mode", "did you mean `mode`?"),
        ("[steward]\nmode = 1.5\n", ":2:1", "steward.mode", "must be a text"),
        ("[steward]\nmode = [\"a\", 2.5]\n", ":2:1", "steward.mode", "must be a text"),
        ("# ü\n[steward]\ntz = \"Nowhere\"\n", ":3:1", "TZ", "is no time zone"),
        ("[steward\n", ":1:", "steward.toml", "toml.io"),
        ("[steward]\nmode = \"a\"\nmode = \"b\"\n", ":3:1", "steward.toml", "duplicate key"),
        ("[steward]\nmode = \"unfinished\n", ":2:", "steward.toml", "toml.io"),
    ] {
        let error = Setting::file(toml).error();
        assert!(error.at.contains(&format!("steward.toml{at}")), "{toml:?}: {error}");
        assert_eq!(error.key, key, "{error}");
        assert!(error.to_string().contains(says), "{toml:?}: {error}");
    }
}

#[test]
fn a_file_that_is_none_is_an_error() {
    let error = Setting::new(&[("STEWARD_CONFIG", "/no/such/steward.toml")]).error();
    assert!(error.key == "STEWARD_CONFIG" && error.message.contains("cannot be read"), "{error}");
    let setting = Setting::new(&[]);
    std::fs::write(setting.path("steward.toml"), b"[steward]\ntz = \"\xff\"\n").unwrap();
    assert_eq!(setting.error().message, "is not UTF-8 text");
    std::fs::write(setting.path("steward.toml"), vec![b'#'; 1024 * 1024 + 1]).unwrap();
    assert_eq!(setting.error().message, "is larger than 1 MiB");
    std::fs::remove_file(setting.path("steward.toml")).unwrap();
    std::fs::create_dir(setting.path("steward.toml")).unwrap();
    assert!(setting.error().message.contains("cannot be read"));
}

#[test]
fn a_named_file_is_read_instead_of_the_one_beside_the_data() {
    let setting = Setting::file("[steward]\ntz = \"Nowhere\"\n");
    let named = setting.path("other.toml");
    std::fs::write(&named, "[steward]\ntz = \"Europe/Rome\"\n").unwrap();
    let setting = setting.and("STEWARD_CONFIG", &named);
    assert_eq!(setting.valid().zone.iana_name(), Some("Europe/Rome"));
}

#[test]
fn all_mistakes_are_told_at_once() {
    let errors = Setting::file("[steward]\nmdoe = 1\n[digest]\nat = \"07:45\"\n")
        .and("STEWARD_MOED", "x")
        .and("TZ", "Nowhere")
        .and("LOG_FORMAT", "xml")
        .and("DISCORD_TOKEN", "t")
        .and("DOCKER_HOST", "ssh://nas")
        .and("OPENAI_API_KEY_FILE", "/no/such/file")
        .errors();
    let keys: BTreeSet<&str> = errors.iter().map(|e| e.key.as_str()).collect();
    let expected = [
        "DIGEST_AT",
        "DISCORD_TOKEN",
        "DOCKER_HOST",
        "LOG_FORMAT",
        "OPENAI_API_KEY",
        "STEWARD_MOED",
        "TZ",
        "steward.mdoe",
    ];
    assert_eq!(keys, BTreeSet::from(expected));
    assert_eq!(errors.len(), expected.len(), "each once: {errors:#?}");
}

#[test]
fn an_engine_over_tls_is_refused_in_words() {
    let error = Setting::new(&[("DOCKER_HOST", "tcp://nas:2376"), ("DOCKER_TLS_VERIFY", "1")]).error();
    assert_eq!(error.key, "DOCKER_TLS_VERIFY");
    Setting::new(&[("DOCKER_TLS_VERIFY", "1")]).valid();
    Setting::new(&[("DOCKER_HOST", "tcp://nas:2375"), ("DOCKER_TLS_VERIFY", "0")]).valid();
}

#[test]
fn the_example_lists_exactly_the_settings_there_are() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.env.example");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let name = |line: &str| {
        let (name, _) = line.trim_start_matches(['#', ' ']).split_once('=')?;
        let plain = name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        (plain && !name.is_empty() && !name.ends_with("_FILE")).then(|| name.to_owned())
    };
    let mut listed: Vec<String> = text.lines().filter_map(name).collect();
    listed.sort_unstable();
    let mut known: Vec<String> = KEYS.iter().map(|k| k.name.to_owned()).collect();
    known.sort_unstable();
    assert_eq!(listed, known, "each setting once");
}

#[test]
fn the_settings_are_the_documented_ones() {
    let documented: BTreeSet<&str> = DOCUMENTED.split_whitespace().collect();
    let known: BTreeSet<&str> = KEYS.iter().map(|k| k.name).collect();
    assert_eq!(known, documented);
    assert_eq!(known.len(), KEYS.len(), "each once");
    let places: Vec<&str> = KEYS.iter().map(|k| k.toml).filter(|t| !t.is_empty()).collect();
    assert_eq!(places.iter().collect::<BTreeSet<_>>().len(), places.len(), "each place once");
}
