//! Container events, kept across restarts.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use steward_core::fleet::{ContainerEvent, ContainerId, EventKind, ResourceRef};
use steward_core::ports::{EventQuery, FactStore, StoreError};

use super::SqliteStore;

const WATCHING_SINCE: &str = "watching_since";
const WATCHED_UNTIL: &str = "watched_until";

#[async_trait]
impl FactStore for SqliteStore {
    async fn append(&self, events: &[ContainerEvent]) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        self.insert(events).await.map_err(|error| self.failed(&error))
    }

    async fn events(&self, query: &EventQuery) -> Result<Vec<ContainerEvent>, StoreError> {
        let (from, until) = (nanos(query.from), nanos(query.until));
        // One statement for both questions: a resource of NULL means every resource.
        let rows = sqlx::query(
            "SELECT at, id, kind, resource, name, project, service, image, exit_code, signal FROM event \
             WHERE (?1 IS NULL OR resource = ?1) AND at BETWEEN ?2 AND ?3 ORDER BY at DESC LIMIT ?4",
        )
        .bind(query.resource.as_ref().map(ResourceRef::as_str))
        .bind(from)
        .bind(until)
        .bind(query.limit);
        let read = rows.fetch(&self.reader).try_filter_map(async |row| Ok(event(&row))).try_collect().await;
        let mut events: Vec<ContainerEvent> = read.map_err(|error| self.failed(&error))?;
        events.reverse();
        Ok(events)
    }

    async fn watching_since(&self) -> Result<Option<Timestamp>, StoreError> {
        let text = self.meta(WATCHING_SINCE).await?;
        Ok(text.and_then(|t| t.parse().ok()))
    }
}

impl SqliteStore {
    /// Remembers that events have been collected up to this moment.
    pub async fn watched(&self, until: Timestamp) -> Result<(), StoreError> {
        self.set_meta(WATCHED_UNTIL, &until.to_string()).await
    }

    pub async fn watched_until(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.meta(WATCHED_UNTIL).await?.and_then(|text| text.parse().ok()))
    }

    /// Remembers since when events have been collected without a gap.
    pub async fn watching_began(&self, at: Timestamp, gap: bool) -> Result<(), StoreError> {
        if gap {
            self.set_meta(WATCHING_SINCE, &at.to_string()).await?;
        } else {
            self.set_meta_once(WATCHING_SINCE, &at.to_string()).await?;
        }
        self.watched(at).await
    }

    /// The newest event that is kept.
    pub async fn last_event(&self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> = sqlx::query_scalar("SELECT max(at) FROM event")
            .fetch_one(&self.reader)
            .await
            .map_err(|error| self.failed(&error))?;
        Ok(at.and_then(|at| Timestamp::from_nanosecond(at.into()).ok()))
    }

    /// Drops events before `before`, at most `most` of them, and says how many.
    pub async fn forget_events(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        let sql = "DELETE FROM event WHERE (at, id, kind) IN (SELECT at, id, kind FROM event WHERE at < ? ORDER BY at LIMIT ?)";
        let done = sqlx::query(sql).bind(nanos(before)).bind(most).execute(&self.writer).await;
        done.map(|d| d.rows_affected()).map_err(|error| self.failed(&error))
    }

    async fn insert(&self, events: &[ContainerEvent]) -> Result<(), sqlx::Error> {
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        for event in events {
            sqlx::query("INSERT OR IGNORE INTO event (at, id, kind, resource, name, project, service, image, exit_code, signal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .bind(nanos(event.at))
                .bind(event.id.as_str())
                .bind(event.kind.as_str())
                .bind(event.resource.as_str())
                .bind(&event.name)
                .bind(&event.project)
                .bind(&event.service)
                .bind(&event.image)
                .bind(event.exit_code)
                .bind(&event.signal)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    }
}

fn nanos(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(if at.as_second() < 0 { i64::MIN } else { i64::MAX })
}

/// A row that another version wrote and this one cannot read is passed over.
fn event(row: &SqliteRow) -> Option<ContainerEvent> {
    let resource: String = row.try_get(3).ok()?;
    Some(ContainerEvent {
        at: Timestamp::from_nanosecond(row.try_get::<i64, _>(0).ok()?.into()).ok()?,
        id: ContainerId::parse(row.try_get(1).ok()?).ok()?,
        kind: EventKind::from_word(row.try_get(2).ok()?)?,
        resource: ResourceRef::stored(resource),
        name: row.try_get(4).ok()?,
        project: row.try_get(5).ok()?,
        service: row.try_get(6).ok()?,
        image: row.try_get(7).ok()?,
        exit_code: row.try_get(8).ok()?,
        signal: row.try_get(9).ok()?,
    })
}
