//! Small facts about the program itself.

use steward_core::ports::StoreError;

use super::SqliteStore;

impl SqliteStore {
    /// On the connection that is open anyway: a second one costs a one-shot more than the question.
    pub async fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        let value = sqlx::query_scalar("SELECT value FROM meta WHERE key = ?")
            .bind(key)
            .fetch_optional(&self.writer)
            .await;
        value.map_err(|error| self.failed(&error))
    }

    /// Writes a fact that is not there yet.
    pub async fn set_meta_once(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING";
        self.write_meta(sql, key, value).await
    }

    pub async fn set_meta(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.write_meta(sql, key, value).await
    }

    async fn write_meta(&self, sql: &'static str, key: &str, value: &str) -> Result<(), StoreError> {
        let done = sqlx::query(sql).bind(key).bind(value).execute(&self.writer).await;
        done.map(drop).map_err(|error| self.failed(&error))
    }
}
