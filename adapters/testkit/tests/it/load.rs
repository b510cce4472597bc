//! Many containers, many events, many lines.

use std::time::{Duration, Instant};

use steward_testkit::{Client, Container, FakeEngine, World};

#[test]
fn ten_thousand_containers_are_listed_at_once() {
    let engine = FakeEngine::fleet(10_000);
    let client = Client::new(engine.socket());
    let start = Instant::now();
    let rows = client.get("/containers/json?all=1").json();
    assert_eq!(rows.as_array().unwrap().len(), 10_000);
    // far more than it takes: a quadratic search would not make it
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert_eq!(client.get("/containers/svc-9999/json").json()["Name"], "/svc-9999");
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_lines_reaches_its_follower_whole() {
    let engine = FakeEngine::start(World::new().container(Container::new("loud")));
    let client = Client::new(engine.socket());
    let reader = std::thread::spawn(move || client.get("/containers/loud/logs?stdout=1&follow=1"));
    engine.wait_for_log_follower().await;
    for burst in 0..100 {
        engine.log("loud", (0..1_000).map(|line| format!("{:07}", burst * 1_000 + line)));
    }
    engine.log_raw("loud", *b"\x07\0\0\0\xff\xff\xff\xffnot a frame");
    engine.die("loud", 0);
    let body = reader.join().unwrap().body;
    let (frames, lie) = body.split_at(100_000 * 16);
    assert!(frames.chunks(16).enumerate().all(|(i, frame)| frame[8..] == *format!("{i:07}\n").as_bytes()));
    assert_eq!(lie, b"\x07\0\0\0\xff\xff\xff\xffnot a frame");
}

#[test]
fn engines_are_independent_and_go_with_their_sockets() {
    let (one, two) = (FakeEngine::fleet(1), FakeEngine::fleet(2));
    assert_ne!(one.docker_host(), two.docker_host());
    assert_eq!((one.names().len(), two.names().len()), (1, 2));
    let socket = one.socket().to_owned();
    drop(one);
    assert!(!socket.exists());
    assert_eq!(Client::new(two.socket()).get("/_ping").text(), "OK");
}
