//! What the simulated engine answers.

use std::time::Duration;

use steward_testkit::{CANARY, Client, Container, FakeEngine, Health, Stream, World};

/// 2026-03-14 07:42:00 UTC.
const NOW: i64 = 1_773_474_120;

fn world() -> World {
    World::new()
        .at(NOW)
        .stats_delay(Duration::ZERO)
        .container(
            Container::new("plex")
                .project("media")
                .port(32400, 32400)
                .unhealthy("connection refused on :8096")
                .started_ago(Duration::from_mins(5)),
        )
        .container(
            Container::new("sonarr").project("media").healthy().created_ago(Duration::from_hours(9 * 24)),
        )
        .container(
            Container::new("paperless")
                .project("docs")
                .exited(137)
                .oom_killed()
                .finished_ago(Duration::from_mins(3))
                .memory_limit(1 << 30),
        )
        .container(Container::new("loop").restarting(1).log(["one", "two"]).log_err(["three"]))
        .container(Container::new("frozen").paused())
        .container(Container::new("term").tty().log(["hello"]).network("none"))
        .container(Container::new("fresh").never_started())
}

fn statuses(client: &Client, target: &str) -> Vec<String> {
    let rows = client.get(target).json();
    rows.as_array()
        .unwrap()
        .iter()
        .map(|r| format!("{} {}", r["Names"][0].as_str().unwrap(), r["Status"].as_str().unwrap()))
        .collect()
}

#[test]
fn the_list_is_worded_as_the_engine_words_it() {
    let engine = FakeEngine::start(world());
    let client = Client::new(engine.socket());
    assert_eq!(
        statuses(&client, "/v1.41/containers/json?all=1"),
        [
            "/fresh Created",
            "/term Up About an hour",
            "/frozen Up About an hour (Paused)",
            "/loop Restarting (1) 2 seconds ago",
            "/paperless Exited (137) 3 minutes ago",
            "/sonarr Up 9 days (healthy)",
            "/plex Up 5 minutes (unhealthy)",
        ]
    );
    assert_eq!(statuses(&client, "/containers/json").len(), 5);
    let id = engine.id("paperless");
    let filters = format!("/containers/json?all=true&filters=%7B%22id%22%3A%5B%22{id}%22%5D%7D");
    assert_eq!(statuses(&client, &filters), ["/paperless Exited (137) 3 minutes ago"]);
    engine.advance(Duration::from_mins(1));
    assert_eq!(statuses(&client, &filters), ["/paperless Exited (137) 4 minutes ago"]);
    assert_eq!((engine.count("list"), engine.count("inspect")), (4, 0));
}

#[test]
fn inspect_tells_all_and_the_list_no_secret() {
    let engine = FakeEngine::start(world());
    let client = Client::new(engine.socket());
    let plex = client.get("/containers/plex/json").json();
    assert_eq!(plex["State"]["Health"]["Status"], "unhealthy");
    assert_eq!(plex["State"]["Health"]["Log"].as_array().unwrap().len(), 5);
    assert_eq!(plex["State"]["Health"]["Log"][4]["Output"], "connection refused on :8096\n");
    assert_eq!(plex["State"]["StartedAt"], "2026-03-14T07:37:00Z");
    assert!(plex["Config"]["Env"].to_string().contains(CANARY));
    let paperless = client.get("/v1.41/containers/paperless/json").json();
    assert_eq!(paperless["State"]["OOMKilled"], true);
    assert_eq!(paperless["State"]["ExitCode"], 137);
    assert_eq!(paperless["HostConfig"]["Memory"], 1 << 30);
    assert_eq!(paperless["HostConfig"]["RestartPolicy"]["Name"], "unless-stopped");
    let by_prefix = client.get(&format!("/containers/{}/json", &engine.id("plex")[..12])).json();
    assert_eq!(by_prefix["Name"], "/plex");
    assert!(!client.get("/containers/json?all=1").text().contains(CANARY));
    let none = client.get("/containers/nope/json");
    assert_eq!((none.status, none.text().trim()), (404, r#"{"message":"No such container: nope"}"#));
}

#[test]
fn what_is_not_a_question_is_refused_and_recorded() {
    let engine = FakeEngine::start(world());
    let client = Client::new(engine.socket());
    assert_eq!(client.post("/v1.41/containers/plex/stop?t=1", &serde_json::json!({"a": 1})).status, 405);
    assert_eq!(client.delete("/containers/plex").status, 405);
    assert_eq!(client.get("/images/json").status, 404);
    assert_eq!(client.get("/v1.99/info").status, 400);
    assert_eq!(client.get("/v1.11/info").status, 400);
    let head = client.ask("HEAD", "/_ping", "", &[]);
    assert_eq!((head.status, head.header("api-version")), (200, Some("1.41")));
    let refused: Vec<String> =
        engine.refused().iter().map(|seen| format!("{} {}", seen.method, seen.target)).collect();
    assert_eq!(
        refused,
        ["POST /v1.41/containers/plex/stop?t=1", "DELETE /containers/plex", "GET /images/json"]
    );
    let rows = client.get("/containers/json?all=1").json();
    assert_eq!(rows.as_array().unwrap().len(), 7, "nothing was changed");
}

/// The frames of a log: stream and text.
fn frames(mut body: &[u8]) -> Vec<(u8, String)> {
    let mut frames = Vec::new();
    while let [stream, 0, 0, 0, a, b, c, d, rest @ ..] = body {
        let (text, next) = rest.split_at(u32::from_be_bytes([*a, *b, *c, *d]) as usize);
        frames.push((*stream, String::from_utf8_lossy(text).into_owned()));
        body = next;
    }
    assert!(body.is_empty(), "bytes after the last frame: {body:?}");
    frames
}

#[test]
fn logs_come_in_frames_and_raw_from_a_terminal() {
    let engine = FakeEngine::start(world());
    let client = Client::new(engine.socket());
    let all = frames(&client.get("/containers/loop/logs?stdout=1&stderr=1&timestamps=1").body);
    assert_eq!(
        all,
        [
            (1, "2026-03-14T07:41:57.000000000Z one\n".to_owned()),
            (1, "2026-03-14T07:41:58.000000000Z two\n".to_owned()),
            (2, "2026-03-14T07:41:59.000000000Z three\n".to_owned()),
        ]
    );
    let texts = |query: &str| -> Vec<String> {
        frames(&client.get(&format!("/containers/loop/logs?{query}")).body)
            .into_iter()
            .map(|(_, text)| text)
            .collect()
    };
    assert_eq!(texts("stdout=1&stderr=1&tail=2"), ["two\n", "three\n"]);
    // as on the real engine: the tail is taken before the stream is chosen
    assert_eq!(texts("stdout=1&tail=1"), [""; 0]);
    assert_eq!(texts(&format!("stdout=1&stderr=1&since={}", NOW - 2)), ["two\n", "three\n"]);
    assert_eq!(texts(&format!("stdout=1&stderr=1&until={}.5", NOW - 3)), ["one\n"]);
    assert_eq!(client.get("/containers/term/logs?stdout=1").body, b"hello\r\n");
    assert_eq!(client.get("/containers/term/logs").status, 400);
}

#[test]
fn a_long_line_comes_in_parts() {
    let engine = FakeEngine::start(World::new().container(Container::new("big").log_ago(
        Duration::from_secs(1),
        Stream::Stderr,
        vec![b'x'; 40_000],
    )));
    let parts = frames(&Client::new(engine.socket()).get("/containers/big/logs?stderr=1").body);
    assert_eq!(parts.iter().map(|(_, text)| text.len()).collect::<Vec<_>>(), [16_384, 16_384, 7_233]);
}

#[test]
fn a_followed_log_ends_with_its_container() {
    let engine = FakeEngine::start(world());
    let client = Client::new(engine.socket());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let reader = std::thread::spawn(move || client.get("/containers/plex/logs?stdout=1&stderr=1&follow=1"));
    runtime.block_on(engine.wait_for_log_follower());
    engine.log("plex", ["first"]);
    engine.log_err("plex", ["second"]);
    engine.die("plex", 1);
    let reply = reader.join().unwrap();
    assert!(reply.complete);
    assert_eq!(frames(&reply.body), [(1, "first\n".to_owned()), (2, "second\n".to_owned())]);
}

#[test]
fn statistics_give_the_load_that_was_described() {
    let engine = FakeEngine::start(
        World::new().at(NOW).stats_delay(Duration::ZERO).memory(8 << 30).container(
            Container::new("busy")
                .cpu_percent(150.0)
                .memory_used(300 << 20)
                .created_ago(Duration::from_mins(1)),
        ),
    );
    let client = Client::new(engine.socket());
    let read = || client.get("/containers/busy/stats?stream=false&one-shot=true").json();
    let (first, second) = (read(), {
        engine.advance(Duration::from_secs(10));
        read()
    });
    let delta = |of: fn(&serde_json::Value) -> u64| of(&second) - of(&first);
    let cpu = delta(|s| s["cpu_stats"]["cpu_usage"]["total_usage"].as_u64().unwrap());
    let host = delta(|s| s["cpu_stats"]["system_cpu_usage"].as_u64().unwrap());
    assert_eq!(cpu * 4 * 1_000 / host, 1_500, "150 % of one core on four");
    let memory = &second["memory_stats"];
    assert_eq!(
        memory["usage"].as_u64().unwrap() - memory["stats"]["total_inactive_file"].as_u64().unwrap(),
        300 << 20
    );
    assert_eq!(memory["limit"], 8_u64 << 30);
    assert!(
        client.get("/containers/busy/stats?stream=false").json()["precpu_stats"]["system_cpu_usage"].is_u64()
    );
}

fn actions(engine: &FakeEngine, filters: &str) -> Vec<String> {
    let until = engine.now() / 1_000_000_000 + 1;
    engine.advance(Duration::from_secs(5));
    let reply =
        Client::new(engine.socket()).get(&format!("/events?since={NOW}&until={until}&filters={filters}"));
    assert!(reply.complete);
    reply
        .json_lines()
        .iter()
        .map(|e| {
            format!(
                "{} {}",
                e["Actor"]["Attributes"]["name"].as_str().unwrap(),
                e["Action"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn changes_tell_the_events_that_the_engine_tells() {
    const CONTAINERS: &str = "%7B%22type%22%3A%5B%22container%22%5D%7D";
    for (change, told) in [
        ((|e: &FakeEngine| e.die("plex", 137)) as fn(&FakeEngine), vec!["plex die"]),
        (|e| e.oom("plex"), vec!["plex oom", "plex die"]),
        (|e| e.stop("plex"), vec!["plex kill", "plex die", "plex stop"]),
        (|e| e.stop_by_force("plex"), vec!["plex kill", "plex kill", "plex die", "plex stop"]),
        (|e| e.restart("plex"), vec!["plex kill", "plex die", "plex stop", "plex start", "plex restart"]),
        (|e| e.start_container("fresh"), vec!["fresh start"]),
        (|e| e.rename("plex", "flex"), vec!["flex rename"]),
        (|e| e.remove("paperless"), vec!["paperless destroy"]),
        (
            |e| {
                e.create(Container::new("new"));
            },
            vec!["new create", "new start"],
        ),
        (
            |e| e.health("sonarr", Health::unhealthy("down")),
            vec![
                "sonarr exec_create: /bin/sh -c check",
                "sonarr exec_start: /bin/sh -c check",
                "sonarr exec_die",
                "sonarr health_status: unhealthy",
            ],
        ),
        (
            |e| e.health("sonarr", Health::Healthy),
            vec![
                "sonarr exec_create: /bin/sh -c check",
                "sonarr exec_start: /bin/sh -c check",
                "sonarr exec_die",
            ],
        ),
    ] {
        let engine = FakeEngine::start(world());
        change(&engine);
        assert_eq!(actions(&engine, CONTAINERS), told);
    }
}

#[test]
fn events_are_filtered_and_only_the_last_are_kept() {
    let engine = FakeEngine::start(world());
    engine.storm(100);
    engine.health("plex", Health::Healthy);
    // {"event":["health_status"],"container":["plex"]}
    let health = actions(
        &engine,
        "%7B%22event%22%3A%5B%22health_status%22%5D%2C%22container%22%3A%5B%22plex%22%5D%7D",
    );
    assert_eq!(health, ["plex health_status: healthy"]);
    assert_eq!(actions(&engine, "").len(), 256);
}

#[tokio::test]
async fn a_subscriber_gets_every_event_of_a_storm() {
    let engine = FakeEngine::fleet(50);
    let until = engine.now() / 1_000_000_000 + 2;
    let client = Client::new(engine.socket());
    let target = format!("/events?until={until}&filters=%7B%22event%22%3A%5B%22die%22%5D%7D");
    let reader = std::thread::spawn(move || client.get(&target));
    engine.wait_for_events_subscriber().await;
    engine.storm(1_000);
    let died = reader.join().unwrap().json_lines();
    assert_eq!(died.len(), 1_000);
    assert!(died.windows(2).all(|pair| pair[0]["timeNano"].as_i64() < pair[1]["timeNano"].as_i64()));
    engine.wait_for_no_events_subscriber().await;
}

#[test]
fn a_fleet_is_the_same_every_time() {
    let (one, two) = (World::fleet(1_000).at(NOW), World::fleet(1_000).at(NOW));
    let (one, two) = (FakeEngine::start(one), FakeEngine::start(two));
    assert_eq!((one.names(), one.id("svc-7")), (two.names(), two.id("svc-7")));
    let rows = Client::new(one.socket()).get("/containers/json?all=1").json();
    let exited = rows.as_array().unwrap().iter().filter(|row| row["State"] == "exited").count();
    assert_eq!((rows.as_array().unwrap().len(), exited), (1_000, 100));
    assert_eq!(rows[999]["Created"], NOW - 86_400);
}
