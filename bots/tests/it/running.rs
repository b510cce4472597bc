//! A `steward run` in the background.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::program::Program;

/// The longest a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Running {
    child: Child,
    lines: Receiver<String>,
    pub log: Vec<String>,
}

impl Running {
    /// Starts it and waits until it says that Docker is connected.
    pub fn start(program: &Program) -> Self {
        let mut running = Self::spawn(program);
        running.wait_for("docker: connected");
        running
    }

    pub fn spawn(program: &Program) -> Self {
        let mut command = program.command(&["run"]);
        let mut child = command
            .env("LOG_FORMAT", "human")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = child.stderr.take().unwrap();
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines, log: Vec::new() }
    }

    pub fn wait_for(&mut self, word: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.log.iter().any(|l| l.contains(word)) {
            let left = until.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.log.push(line),
                Err(_) => panic!("`{word}` was not logged: {:#?}", self.log),
            }
        }
    }

    /// Asks again and again; each asking takes its own time, so that this does not spin.
    pub fn wait_until(&mut self, happened: impl Fn() -> bool) {
        let until = Instant::now() + PATIENCE;
        while !happened() {
            assert!(Instant::now() < until, "it did not happen in time: {:#?}", self.log);
        }
    }

    /// SIGTERM, and the exit code.
    pub fn end(&mut self) -> i32 {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
