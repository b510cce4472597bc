//! How the simulated engine fails.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use serde_json::Value;
use steward_testkit::{Client, Endpoint, FakeEngine, Fault};

/// Long enough for an answer on this machine, short enough to wait for none.
const SOON: Duration = Duration::from_millis(300);

fn start() -> (FakeEngine, Client) {
    let engine = FakeEngine::fleet(20);
    let client = Client::new(engine.socket()).timeout(SOON);
    (engine, client)
}

fn kind(client: &Client, target: &str) -> ErrorKind {
    client.try_get(target).expect_err("an answer in spite of the fault").kind()
}

/// A connection that is kept open.
struct Open(UnixStream);

impl Open {
    fn to(engine: &FakeEngine) -> Self {
        let stream = UnixStream::connect(engine.socket()).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        Self(stream)
    }

    fn ask(&mut self, target: &str) -> std::io::Result<()> {
        self.0.write_all(format!("GET {target} HTTP/1.1\r\nHost: d\r\n\r\n").as_bytes())
    }

    /// What there is to read; an empty text is the end.
    fn read(&mut self) -> std::io::Result<String> {
        let mut buffer = vec![0; 64 * 1024];
        let count = self.0.read(&mut buffer)?;
        Ok(String::from_utf8_lossy(&buffer[..count]).into_owned())
    }
}

#[test]
fn hang_never_answers_and_goes_away_when_taken_back() {
    let (engine, client) = start();
    let mut kept = Open::to(&engine);
    kept.ask("/_ping").unwrap();
    assert!(kept.read().unwrap().starts_with("HTTP/1.1 200"));
    engine.fault(Fault::Hang);
    assert_eq!(kind(&client, "/containers/json"), ErrorKind::WouldBlock);
    kept.ask("/_ping").unwrap();
    assert_eq!(kept.read().unwrap_err().kind(), ErrorKind::WouldBlock, "a kept connection hangs too");
    assert_eq!(engine.count("list"), 1, "it was taken and not answered");
    engine.fault(Fault::None);
    assert_eq!(client.get("/containers/json").status, 200);
}

#[test]
fn a_fault_on_one_endpoint_leaves_the_others_alone() {
    let (engine, client) = start();
    engine.fault_on(Endpoint::Inspect, Fault::Hang);
    engine.fault_on(Endpoint::Info, Fault::Refuse);
    assert_eq!(client.get("/containers/json").status, 200);
    assert_eq!(kind(&client, "/containers/svc-1/json"), ErrorKind::WouldBlock);
    let cut = client.try_get("/info");
    assert!(cut.is_err(), "closed without an answer: {cut:?}");
    engine.fault_on(Endpoint::Inspect, Fault::None);
    assert_eq!(client.get("/containers/svc-1/json").status, 200);
}

#[test]
fn slow_sends_at_the_rate_it_says() {
    let (engine, client) = start();
    let length = client.get("/version").body.len();
    engine.fault(Fault::Slow(length as u64 * 2));
    let start = Instant::now();
    let slow = client.get("/version");
    assert!(slow.complete && slow.body.len() == length);
    assert!(start.elapsed() >= Duration::from_millis(400), "{length} bytes in {:?}", start.elapsed());
}

#[test]
fn truncate_sends_half_and_closes() {
    let (engine, client) = start();
    let whole = client.get("/containers/json?all=1").body.len();
    engine.fault(Fault::Truncate);
    let half = client.get("/containers/json?all=1");
    assert_eq!((half.status, half.complete, half.body.len()), (200, false, whole / 2));
    assert!(serde_json::from_slice::<Value>(&half.body).is_err());
}

#[test]
fn garbage_status_and_wrong_types_are_what_they_say() {
    let (engine, client) = start();
    engine.fault(Fault::Garbage);
    let html = client.get("/containers/json");
    assert_eq!((html.status, html.header("content-type")), (200, Some("text/html")));
    assert!(html.text().starts_with("<!DOCTYPE html>"));
    engine.fault(Fault::Status(500));
    let sick = client.get("/containers/json");
    assert_eq!((sick.status, sick.json()["message"].is_string()), (500, true));
    engine.fault(Fault::WrongJson);
    let wrong = client.get("/containers/svc-1/json").json();
    assert!(
        wrong["Id"].is_number() && wrong["RestartCount"].is_string() && wrong["State"]["Running"].is_string()
    );
    assert!(client.get("/containers/json").json()[0]["Status"].is_number());
}

#[test]
fn refuse_keeps_the_file_gone_takes_it_and_both_come_back() {
    let (engine, client) = start();
    let mut kept = Open::to(&engine);
    kept.ask("/_ping").unwrap();
    assert!(kept.read().unwrap().starts_with("HTTP/1.1 200"));
    engine.fault(Fault::Refuse);
    assert!(engine.socket().exists());
    assert_eq!(kind(&client, "/_ping"), ErrorKind::ConnectionRefused);
    assert!(kept.ask("/_ping").and_then(|()| kept.read()).map_or(true, |text| text.is_empty()), "it was cut");
    engine.fault(Fault::Gone);
    assert!(!engine.socket().exists());
    assert_eq!(kind(&client, "/_ping"), ErrorKind::NotFound);
    engine.fault(Fault::Refuse);
    assert_eq!(kind(&client, "/_ping"), ErrorKind::ConnectionRefused);
    for _ in 0..20 {
        engine.fault(Fault::None);
        assert_eq!(client.get("/_ping").text(), "OK");
        engine.fault(Fault::Gone);
        assert_eq!(kind(&client, "/_ping"), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn event_streams_are_cut_and_can_be_opened_again() {
    let (engine, client) = start();
    let reader = std::thread::spawn({
        let client = client.clone().timeout(Duration::from_secs(20));
        move || client.get("/events")
    });
    engine.wait_for_events_subscriber().await;
    engine.die("svc-1", 1);
    engine.fault(Fault::CutEvents);
    let ended = reader.join().unwrap();
    assert!(ended.complete);
    engine.wait_for_no_events_subscriber().await;
    assert_eq!(client.get("/containers/json").status, 200, "the rest goes on");
    assert!(client.get("/events").body.is_empty(), "and new streams end at once");
    engine.fault(Fault::None);
    let since = engine.now() / 1_000_000_000 - 60;
    let missed = client.get(&format!("/events?since={since}&until={}", since + 62)).json_lines();
    assert_eq!(missed[0]["Action"], "die");
}

#[tokio::test]
async fn an_open_stream_breaks_when_the_engine_dies_and_is_silent_when_it_hangs() {
    let (engine, _) = start();
    let mut events = Open::to(&engine);
    events.ask("/events").unwrap();
    engine.wait_for_events_subscriber().await;
    assert!(events.read().unwrap().starts_with("HTTP/1.1 200"));
    engine.fault(Fault::Hang);
    engine.die("svc-1", 1);
    assert_eq!(events.read().unwrap_err().kind(), ErrorKind::WouldBlock);
    engine.fault(Fault::None);
    assert!(events.read().unwrap().contains("\"die\""), "what happened meanwhile is told afterwards");
    engine.fault(Fault::Gone);
    let rest: String = std::iter::from_fn(|| events.read().ok().filter(|text| !text.is_empty())).collect();
    assert!(!rest.contains("0\r\n\r\n"), "not a proper end: {rest}");
    engine.wait_for_no_events_subscriber().await;
}

#[test]
fn other_versions_are_spoken() {
    let (engine, client) = start();
    for (version, refused) in [("1.40", "/v1.41/info"), ("1.56", "/v1.41/info")] {
        engine.fault(Fault::ApiVersion(version));
        let said = client.get("/version");
        assert_eq!(
            (said.header("api-version"), said.json()["ApiVersion"].as_str()),
            (Some(version), Some(version))
        );
        assert_eq!(client.get(refused).status, 400);
        assert_eq!(client.get(&format!("/v{version}/info")).status, 200);
    }
    assert_eq!(client.get("/containers/json").json()[0]["Health"]["Status"], "none");
}
