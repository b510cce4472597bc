//! The long-running program: the instance lock, the loops, their heartbeat, an orderly end.

mod collect;
pub mod heartbeat;
mod lock;

use std::time::Duration;

use steward_core::ask::exit;
use steward_core::remember::{AuditEvent, AuditRecord};
use tokio::signal::unix::{SignalKind, signal};

pub use collect::collect;

use crate::config::Config;
use crate::wiring;

/// `steward run`: collects until it is told to end.
pub async fn run(config: Config) -> u8 {
    if let Err(error) = wiring::make_private(&config.data_dir) {
        tracing::error!("the data directory {} cannot be used: {error}", config.data_dir.display());
        return exit::CONFIG;
    }
    let _lock = match lock::take(&config.data_dir) {
        Ok(lock) => lock,
        Err(error) => {
            tracing::error!("{error}");
            return exit::UNAVAILABLE;
        }
    };
    let built = match wiring::build(&config).await {
        Ok(built) => built,
        Err(error) => {
            tracing::error!("{}; {}", error.message, error.help);
            return exit::CONFIG;
        }
    };
    let store = match &built.store {
        Ok(store) => store.clone(),
        Err(error) => {
            tracing::error!("{error}");
            return exit::UNAVAILABLE;
        }
    };
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let settings = &built.house.settings;
    let started = AuditRecord {
        at: jiff::Timestamp::now(),
        principal: "steward".into(),
        front_end: "run".into(),
        event: AuditEvent::Started { version: settings.version.clone(), mode: settings.mode.as_str().into() },
    };
    if let Err(error) = built.house.audit.append(started).await {
        tracing::error!("the start could not be recorded: {error}");
        return exit::UNAVAILABLE;
    }
    tracing::info!(host = %settings.host, mode = settings.mode.as_str(), docker = %config.docker, "ready; no chat front-end is configured, so I only collect");

    let alive = heartbeat::Heartbeat::start(&config.data_dir);
    let mut collector = tokio::spawn(collect(built.docker.clone(), store.clone(), alive.clone()));
    // systemd is told when the loops run, and again as long as they do; elsewhere this does nothing.
    drop(sd_notify::notify(&[sd_notify::NotifyState::Ready]));
    let mut joined_already = false;
    let code = tokio::select! {
        () = ended() => exit::OK,
        failed = alive.keep() => {
            tracing::error!("{failed}");
            exit::UNAVAILABLE
        }
        joined = &mut collector => {
            joined_already = true;
            tracing::error!("the collector ended: {}", joined.err().map_or_else(|| "without an error".to_owned(), |e| e.to_string()));
            exit::UNAVAILABLE
        }
    };
    drop(sd_notify::notify(&[sd_notify::NotifyState::Stopping]));
    // What is being written is written before the file closes.
    if !joined_already {
        collector.abort();
        drop(collector.await);
    }
    built.note_docker().await;
    if tokio::time::timeout(Duration::from_secs(5), store.close()).await.is_err() {
        tracing::warn!("the database did not close in time");
    }
    tracing::info!("ended");
    code
}

async fn ended() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
