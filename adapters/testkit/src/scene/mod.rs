//! The reference scene on a real engine: two compose projects with a container in every state that matters.

mod image;
mod recipe;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::Client;

/// Marks what a scene has made; its value is the scene's prefix. Nothing without it is ever touched.
const LABEL: &str = "io.steward.testkit.scene";
/// How long the engine may take to bring every container into its state.
const PATIENCE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(50);

/// What a container of the scene is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Runs, without a health check.
    Running,
    Healthy,
    /// Its health check says "connection refused on :8096".
    Unhealthy,
    /// Stopped by its owner: exit code 137, as after a stop that it did not obey.
    Stopped,
    /// Exits with 3, and the engine restarts it for ever.
    CrashLooping,
    /// Killed by the kernel at its limit of 8 MiB.
    OomKilled,
    /// A job that ended with 0.
    Finished,
    /// Ended with 1.
    Failed,
    Paused,
}

impl Role {
    pub const ALL: [Self; 9] = [
        Self::Running,
        Self::Healthy,
        Self::Unhealthy,
        Self::Stopped,
        Self::CrashLooping,
        Self::OomKilled,
        Self::Finished,
        Self::Failed,
        Self::Paused,
    ];
}

/// One container of a scene.
#[derive(Debug, Clone)]
pub struct SceneContainer {
    pub role: Role,
    pub name: String,
    /// The full id.
    pub id: String,
    /// Its compose project and service.
    pub project: String,
    pub service: String,
}

/// The scene; removed from the engine when it is dropped.
#[derive(Debug)]
pub struct Scene {
    client: Client,
    prefix: String,
    containers: Vec<SceneContainer>,
    /// Locked while the scene stands, so that two test processes do not take each other's scene away.
    _lock: File,
}

impl Scene {
    /// Makes the scene, and waits until each container is in its state. Every name begins with `prefix`; scenes
    /// of different prefixes can stand side by side.
    pub fn start(socket: &Path, prefix: &str) -> Self {
        let path = std::env::temp_dir().join(format!("steward-scene-{prefix}.lock"));
        let lock = File::create(&path).and_then(|file| file.lock().map(|()| file));
        let lock = lock.unwrap_or_else(|error| panic!("locking {}: {error}", path.display()));
        Self::clear_leftovers(socket, prefix);
        let client = Client::new(socket);
        let mut scene = Self { client, prefix: prefix.into(), containers: Vec::new(), _lock: lock };
        image::import(&scene.client, &image_name(prefix));
        for role in Role::ALL {
            scene.add(role);
        }
        // side by side: the engine takes a third of a second for each
        std::thread::scope(|threads| {
            for role in Role::ALL {
                let scene = &scene;
                threads.spawn(move || scene.bring(role));
            }
        });
        scene
    }

    /// Removes what an earlier scene of this prefix has left, because its process was killed.
    pub fn clear_leftovers(socket: &Path, prefix: &str) {
        remove(&Client::new(socket), prefix);
    }

    fn add(&mut self, role: Role) {
        let (project, service) = recipe::place(role);
        let (project, name) = (format!("{}-{project}", self.prefix), format!("{}-{service}", self.prefix));
        let labels = json!({
            "com.docker.compose.project": project, "com.docker.compose.service": service,
            "com.docker.compose.container-number": "1", "com.docker.compose.oneoff": "False", LABEL: self.prefix,
        });
        let container = recipe::container(role, &image_name(&self.prefix), &labels);
        let reply = self.client.post(&format!("/containers/create?name={name}"), &container);
        assert_eq!(reply.status, 201, "creating {name}: {}", reply.text());
        let id = reply.json()["Id"].as_str().expect("an id of the new container").to_owned();
        self.containers.push(SceneContainer { role, name, id, project, service: service.into() });
    }

    /// Starts the container of a role and waits until it is in its state.
    fn bring(&self, role: Role) {
        self.act(role, "start");
        match role {
            // at once, as after the time to obey has passed
            Role::Stopped => self.act(role, "stop?t=0"),
            Role::Paused => self.act(role, "pause"),
            // on a busy machine the engine may see the end and not its cause: once more, then
            Role::OomKilled => self.wait_until(role, |container| {
                let ended = |now: &Value| now["State"]["Status"] == "exited";
                if ended(container) && !recipe::is_there(role, container) {
                    // the cause may come a little after the end
                    std::thread::sleep(20 * POLL);
                    let later = self.inspect(role);
                    if ended(&later) && !recipe::is_there(role, &later) {
                        self.act(role, "start");
                    }
                }
                recipe::is_there(role, container)
            }),
            _ => {}
        }
        self.wait_for(role);
    }

    /// Changes a container as its owner would: `start`, `stop?t=0`, `restart?t=0`, `kill`, `pause`, `unpause`,
    /// `rename?name=…`.
    pub fn act(&self, role: Role, action: &str) {
        let id = self.id(role);
        let reply = self.client.post(&format!("/containers/{id}/{action}"), &Value::Null);
        assert!(reply.status < 400, "{action} of {role:?}: {} {}", reply.status, reply.text());
    }

    /// Waits until the container is in the state of its role.
    pub fn wait_for(&self, role: Role) {
        self.wait_until(role, |container| recipe::is_there(role, container));
    }

    /// Waits until what `inspect` says of the container is as wanted.
    pub fn wait_until(&self, role: Role, wanted: impl Fn(&Value) -> bool) {
        let end = Instant::now() + PATIENCE;
        loop {
            let now = self.inspect(role);
            if wanted(&now) {
                return;
            }
            assert!(Instant::now() < end, "{role:?} is not as wanted after {PATIENCE:?}: {}", now["State"]);
            std::thread::sleep(POLL);
        }
    }

    /// What the engine says of a container.
    pub fn inspect(&self, role: Role) -> Value {
        let reply = self.client.get(&format!("/containers/{}/json", self.id(role)));
        assert_eq!(reply.status, 200, "{role:?} of {}: {}", self.prefix, reply.text());
        reply.json()
    }

    /// The names of all containers, in the order of [`Role::ALL`].
    pub fn containers(&self) -> Vec<String> {
        self.containers.iter().map(|container| container.name.clone()).collect()
    }

    pub fn get(&self, role: Role) -> &SceneContainer {
        self.containers.iter().find(|container| container.role == role).expect("a container of every role")
    }

    pub fn name(&self, role: Role) -> &str {
        &self.get(role).name
    }

    pub fn id(&self, role: Role) -> &str {
        &self.get(role).id
    }

    /// The two compose projects.
    pub fn projects(&self) -> [String; 2] {
        recipe::PROJECTS.map(|project| format!("{}-{project}", self.prefix))
    }

    /// To ask or change the engine beside the product.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        remove(&self.client, &self.prefix);
    }
}

fn image_name(prefix: &str) -> String {
    format!("{prefix}-busybox:scene")
}

/// Removes every container of a scene, and its image. What fails now is tried again when the next scene of this
/// prefix starts.
fn remove(client: &Client, prefix: &str) {
    let filters = json!({"label": [format!("{LABEL}={prefix}")]}).to_string();
    let filters: String = form_urlencoded::byte_serialize(filters.as_bytes()).collect();
    let Ok(reply) = client.try_get(&format!("/containers/json?all=1&filters={filters}")) else { return };
    let rows: Vec<Value> = serde_json::from_slice(&reply.body).unwrap_or_default();
    std::thread::scope(|threads| {
        for id in rows.iter().filter_map(|row| row["Id"].as_str()) {
            threads.spawn(move || {
                client
                    .try_ask("DELETE", &format!("/containers/{id}?force=1&v=1"), "application/json", &[])
                    .ok();
            });
        }
    });
    client.try_ask("DELETE", &format!("/images/{}", image_name(prefix)), "application/json", &[]).ok();
}

/// The socket of a real engine, if one answers: the one of `DOCKER_HOST`, or the usual one. Without an engine
/// the caller says that the test was not run.
///
/// With `STEWARD_REQUIRE_ENGINE=1` there must be one: panics when there is none.
pub fn real_engine() -> Option<PathBuf> {
    let said = std::env::var("DOCKER_HOST").ok().filter(|host| !host.is_empty());
    let socket = match &said {
        Some(host) => host.strip_prefix("unix://").map(PathBuf::from),
        None => Some(PathBuf::from("/var/run/docker.sock")),
    };
    let answers = |socket: &PathBuf| {
        let reply = Client::new(socket).timeout(Duration::from_secs(10)).try_get("/_ping");
        reply.is_ok_and(|reply| reply.status == 200 && reply.header("api-version").is_some())
    };
    let found = socket.filter(answers);
    let required = std::env::var("STEWARD_REQUIRE_ENGINE").is_ok_and(|value| value == "1");
    assert!(
        found.is_some() || !required,
        "STEWARD_REQUIRE_ENGINE=1, but no engine answers on {}: start dockerd, or say where it is with DOCKER_HOST=unix:///…",
        said.as_deref().unwrap_or("/var/run/docker.sock")
    );
    found
}
