//! The terminal: one question, one answer; or a conversation.

mod complete;
mod identity;
mod inbound;
mod progress;
mod render;
mod screen;

use jiff::Zoned;
use steward_core::ask::understand::Arguments;
use steward_core::ask::{AnswerError, CommandSpec, exit};
use steward_core::policy::{Inbound, Principal, authorise};

pub use inbound::chat;
pub use render::{Measure, render};
pub use screen::Screen;

use crate::config::Config;
use crate::wiring;

/// `steward ask`.
pub async fn ask(config: Config, uid: u32, text: &str, screen: &Screen) -> u8 {
    let (built, who, now) = match prepare(&config, uid).await {
        Ok(ready) => ready,
        Err(error) => return not_started(&error, screen),
    };
    let understander = match wiring::understander(&config) {
        Ok(understander) => understander,
        Err(error) => return not_started(&error, screen),
    };
    let asked = progress::shown(screen, built.house.ask(&understander, &who, text, None, &now)).await;
    screen.answer(&asked.answer, &built.house.settings.host, &now);
    built.note_docker().await;
    leave(built);
    asked.answer.exit()
}

/// `steward status` and the other commands of the registry.
pub async fn command(
    config: Config,
    uid: u32,
    spec: &CommandSpec,
    arguments: Arguments,
    line: &str,
    screen: &Screen,
) -> u8 {
    let (built, who, now) = match prepare(&config, uid).await {
        Ok(ready) => ready,
        Err(error) => return not_started(&error, screen),
    };
    let answer = progress::shown(screen, built.house.command(&who, spec, arguments, line, &now)).await;
    screen.answer(&answer, &built.house.settings.host, &now);
    built.note_docker().await;
    leave(built);
    answer.exit()
}

async fn prepare(config: &Config, uid: u32) -> Result<(wiring::House, Principal, Zoned), AnswerError> {
    let built = wiring::build(config).await?;
    let who = authorise(&Inbound::Local { uid }).ok_or_else(|| AnswerError {
        code: "nobody",
        message: "this user may not ask".into(),
        help: String::new(),
    })?;
    Ok((built, who, Zoned::now().with_time_zone(config.zone.clone())))
}

/// The program ends with this answer, and the record of it is on the disk: nobody waits for the database to be closed
/// with a sync of its own.
fn leave(built: wiring::House) {
    std::mem::forget(built);
}

fn not_started(error: &AnswerError, screen: &Screen) -> u8 {
    screen.failure(error);
    exit::CONFIG
}
