//! A word on the screen when an answer takes longer than half a second.

use std::future::Future;
use std::io::Write;
use std::time::Duration;

use super::Screen;

const QUIET: Duration = Duration::from_millis(500);

pub(super) async fn shown<T>(screen: &Screen, work: impl Future<Output = T>) -> T {
    if !screen.shows_progress() {
        return work.await;
    }
    let mut work = std::pin::pin!(work);
    let mut steps = 0_usize;
    loop {
        tokio::select! {
            done = &mut work => {
                if steps > 0 {
                    say("\r\u{1b}[K");
                }
                return done;
            }
            () = tokio::time::sleep(QUIET) => {
                steps += 1;
                say(&format!("\r\u{1b}[Klooking{}", ".".repeat(steps % 4)));
            }
        }
    }
}

fn say(text: &str) {
    let mut err = std::io::stderr().lock();
    // Progress is decoration: a terminal that is gone is no failure.
    drop(err.write_all(text.as_bytes()).and_then(|()| err.flush()));
}
