//! Runs the built program as a person or a script would.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// One installation: its own data directory and engine address, nothing from the environment.
pub struct Program {
    pub data: tempfile::TempDir,
    docker_host: Option<String>,
}

/// What a run of the program gave.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
    pub took: Duration,
}

impl Ran {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {:?} {:?}", self.out, self.err))
    }
}

impl Program {
    pub fn with_docker(docker_host: &str) -> Self {
        Self { data: tempfile::tempdir().unwrap(), docker_host: Some(docker_host.to_owned()) }
    }

    /// Nothing configured: the engine is wherever the default says.
    pub fn unconfigured() -> Self {
        Self { data: tempfile::tempdir().unwrap(), docker_host: None }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_steward"));
        command
            .env_clear()
            .env("STEWARD_DATA_DIR", self.data.path().join("data"))
            .env("TZ", "Europe/Lisbon")
            .args(arguments);
        if let Some(host) = &self.docker_host {
            command.env("DOCKER_HOST", host);
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with_input(arguments, b"")
    }

    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let began = Instant::now();
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let bytes = input.to_vec();
        let writer = std::thread::spawn(move || {
            // The program may end before it has read everything.
            drop(stdin.write_all(&bytes));
        });
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Ran {
            code: status.code().unwrap_or(-1),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
            took: began.elapsed(),
        }
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        self.run(&all).json()
    }

    pub fn ask(&self, question: &str) -> Value {
        self.json(&["ask", question])
    }
}

/// `docker` as the machine has it, against the same engine.
pub fn docker(socket: &Path, arguments: &[&str]) -> String {
    let host = format!("unix://{}", socket.display());
    let ran = Command::new("docker").env("DOCKER_HOST", host).args(arguments).output().unwrap();
    assert!(ran.status.success(), "docker {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8_lossy(&ran.stdout).into_owned()
}
