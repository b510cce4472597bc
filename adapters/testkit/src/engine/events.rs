//! The stream of events.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{StreamExt, unfold};
use tokio::time::Instant;

use super::answers::{Answer, Refusal};
use super::query::{Filters, Query};
use super::world::Event;
use super::{Guard, Shared};

const KNOWN: [&str; 13] = [
    "config",
    "container",
    "daemon",
    "event",
    "image",
    "label",
    "network",
    "node",
    "plugin",
    "scope",
    "service",
    "type",
    "volume",
];

pub(crate) fn events(shared: &Arc<Shared>, query: &Query) -> Result<Answer, Refusal> {
    let (since, until) = (query.time("since")?, query.time("until")?);
    let filters = query.filters(&KNOWN)?;
    if let (Some(since), Some(until)) = (since, until)
        && until < since
    {
        return Err(Refusal::new(
            400,
            format!("`since` time ({since}) cannot be after `until` time ({until})"),
        ));
    }
    let (past, mut live, now) = {
        let mut world = shared.world();
        let (past, live) = world.subscribe(since.or(until.map(|_| 0)));
        (past, live, world.now())
    };
    let mut first = BytesMut::new();
    for event in past.iter().filter(|e| until.is_none_or(|until| e.at <= until) && fits(e, &filters)) {
        first.extend_from_slice(&event.line);
    }
    let first = Some(first.freeze()).filter(|chunk| !chunk.is_empty());
    if until.is_some_and(|until| until < now) {
        live.close();
    }
    let end =
        until.map(|until| Instant::now() + Duration::from_nanos(u64::try_from(until - now).unwrap_or(0)));
    let guard = Guard::subscriber(shared);
    let body = unfold((live, first, filters, guard), move |(mut live, first, filters, guard)| async move {
        if let Some(chunk) = first {
            return Some((chunk, (live, None, filters, guard)));
        }
        loop {
            let event = match end {
                None => live.recv().await,
                Some(end) => tokio::time::timeout_at(end, live.recv()).await.ok().flatten(),
            }?;
            // what has come in the meantime goes out together
            let mut chunk = BytesMut::new();
            let mut next = Some(event);
            while let Some(event) = next {
                if fits(&event, &filters) {
                    chunk.extend_from_slice(&event.line);
                }
                next = if chunk.len() < 64 * 1024 { live.try_recv().ok() } else { None };
            }
            if !chunk.is_empty() {
                return Some((chunk.freeze(), (live, None::<Bytes>, filters, guard)));
            }
        }
    });
    Ok(Answer::stream(Some("application/json"), body.boxed()))
}

fn fits(event: &Event, filters: &Filters) -> bool {
    let name = event.attributes.get("name").map_or("", String::as_str);
    filters.fits("type", |kind| event.kind == kind)
        // "health_status" asks for "health_status: healthy" too
        && filters.fits("event", |action| {
            event.action == action || event.action.split(':').next().is_some_and(|verb| verb == action)
        })
        && filters.fits("container", |c| event.kind == "container" && (name == c || event.id.starts_with(c)))
        && filters.fits("image", |image| event.attributes.get("image").is_some_and(|is| is == image))
        && filters.fits("scope", |scope| scope == "local")
        && filters.labels_fit(&event.attributes)
}
