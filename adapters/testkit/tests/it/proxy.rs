//! The recording proxy, before a server that says back what it got.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};

use steward_testkit::RecordingProxy;

/// Sends these bytes in these pieces through the proxy: what the server got, and what the proxy told.
fn pass(pieces: &[&[u8]]) -> (Vec<u8>, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let upstream = dir.path().join("server.sock");
    let listener = UnixListener::bind(&upstream).unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut got = Vec::new();
        stream.read_to_end(&mut got).unwrap();
        // back in another order, so that an echo of the proxy's own would be seen
        let back: Vec<u8> = got.iter().rev().copied().collect();
        stream.write_all(&back).unwrap();
        got
    });
    let proxy = RecordingProxy::start(&upstream);
    let mut client = UnixStream::connect(proxy.socket()).unwrap();
    for piece in pieces {
        client.write_all(piece).unwrap();
    }
    client.shutdown(Shutdown::Write).unwrap();
    let mut back = Vec::new();
    client.read_to_end(&mut back).unwrap();
    let got = server.join().unwrap();
    back.reverse();
    assert_eq!(back, got, "the answer passes unchanged");
    let told = proxy.requests().iter().map(|seen| format!("{} {}", seen.method, seen.target)).collect();
    (got, told)
}

#[test]
fn pipelined_and_chunked_requests_are_told_exactly() {
    let sent: &[u8] = b"GET /containers/json?all=1 HTTP/1.1\r\nHost: d\r\n\r\n\
        GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n\
        POST /images/create?fromSrc=- HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n\
        1b\r\nDELETE /hidden HTTP/1.1\r\n\r\n\r\n5;ext=1\r\n12345\r\n0\r\nTrailer: x\r\n\r\n\
        POST /containers/a/stop?t=1 HTTP/1.1\r\nHost: d\r\nContent-Length: 28\r\n\r\nDELETE /hidden HTTP/1.1\r\n\r\n.\
        HEAD /_ping HTTP/1.1\r\nHost: d\r\n\r\n";
    let told = [
        "GET /containers/json?all=1",
        "GET /_ping",
        "POST /images/create?fromSrc=-",
        "POST /containers/a/stop?t=1",
        "HEAD /_ping",
    ];
    assert_eq!(pass(&[sent]), (sent.to_vec(), told.map(str::to_owned).to_vec()));
    let bytes: Vec<&[u8]> = sent.chunks(7).collect();
    assert_eq!(pass(&bytes).1, told, "in small pieces");
}

#[test]
fn a_large_body_passes_whole() {
    let body = vec![b'\n'; 3_000_000];
    let head = format!("POST /load HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
    let (got, told) = pass(&[head.as_bytes(), &body, b"GET /after HTTP/1.1\r\n\r\n"]);
    assert_eq!(got.len(), head.len() + body.len() + 23);
    assert_eq!(told, ["POST /load", "GET /after"]);
}

#[test]
fn what_is_not_http_passes_and_is_told() {
    let (got, told) = pass(&[b"\x16\x03\x01\r\n\r\n"]);
    assert_eq!((got.as_slice(), told.len()), (b"\x16\x03\x01\r\n\r\n".as_slice(), 1));
    assert!(told[0].starts_with("? "));
}

#[tokio::test]
async fn requests_can_be_waited_for_and_forgotten() {
    let engine = steward_testkit::FakeEngine::fleet(3);
    let proxy = RecordingProxy::start(engine.socket());
    let socket = proxy.socket().to_owned();
    let asking = std::thread::spawn(move || steward_testkit::Client::new(&socket).get("/v1.41/info").status);
    proxy.wait_for_requests(1).await;
    assert_eq!(asking.join().unwrap(), 200);
    assert_eq!((proxy.requests()[0].path.as_str(), proxy.writes().len()), ("/v1.41/info", 0));
    proxy.forget_requests();
    assert!(proxy.requests().is_empty());
    assert!(proxy.docker_host().starts_with("unix:///"));
}
