use std::time::Duration;

use async_trait::async_trait;
use checkout::adapter::{Row, run_to_end};
use checkout::observer::StoppedDuplicate;
use checkout::ports::{FORGOTTEN_AT_ONCE, LedgerStore, StoreError, Tally};
use checkout::time::Timestamp;

use crate::fault::Fault;
use crate::pool::{Database, commit};
use crate::rows::{StoppedRow, database_ms, layer};

/// The ledger of the database.
#[derive(Clone)]
pub struct PostgresLedger {
    pub(crate) db: Database,
}

#[async_trait]
impl LedgerStore for PostgresLedger {
    async fn record(&self, stopped: &[StoppedDuplicate]) -> Result<(), StoreError> {
        let (db, stopped) = (self.db.clone(), stopped.to_vec());
        run_to_end("record duplicates", async move {
            let recorded = db.retrying(|| record(&db, &stopped)).await;
            recorded.map_err(|fault| fault.of("record duplicates"))
        })
        .await
    }

    async fn list_latest(&self, limit: u32) -> Result<Vec<StoppedDuplicate>, StoreError> {
        let listed = list(&self.db, limit).await;
        listed.map_err(|fault| fault.of("list duplicates"))
    }

    async fn tally(&self, from: Timestamp, slot: Duration, slots: u32) -> Result<Vec<Tally>, StoreError> {
        let counted = tally(&self.db, from, slot, slots).await;
        counted.map_err(|fault| fault.of("count duplicates"))
    }

    async fn forget_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        let db = self.db.clone();
        run_to_end("forget duplicates", async move {
            let forgotten = db.retrying(|| forget(&db, before)).await;
            forgotten.map_err(|fault| fault.of("forget duplicates"))
        })
        .await
    }
}

async fn record(db: &Database, stopped: &[StoppedDuplicate]) -> Result<(), Fault> {
    if stopped.is_empty() {
        return Ok(());
    }
    let mut write = db.begin().await?;
    for stopped in stopped {
        let row = StoppedRow::from(stopped);
        sqlx::query!(
            "INSERT INTO prevented_duplicates (at_ms, layer, same_key, way_in, first_order, delay_ms)
             VALUES ($1, $2, $3, $4, $5, $6)",
            row.at_ms,
            row.layer,
            row.same_key,
            row.way_in,
            row.first_order,
            row.delay_ms
        )
        .execute(&mut *write)
        .await?;
    }
    commit(write).await
}

async fn list(db: &Database, limit: u32) -> Result<Vec<StoppedDuplicate>, Fault> {
    let rows = sqlx::query_as!(
        StoppedRow,
        "SELECT at_ms, layer, same_key, way_in, first_order, delay_ms FROM prevented_duplicates
         ORDER BY at_ms DESC, id DESC LIMIT $1",
        i64::from(limit)
    )
    .fetch_all(&db.pool)
    .await?;
    let read = rows.into_iter().map(StoppedDuplicate::try_from);
    Ok(read.collect::<Result<_, _>>()?)
}

async fn tally(db: &Database, from: Timestamp, slot: Duration, slots: u32) -> Result<Vec<Tally>, Fault> {
    let (from_ms, until_ms) = (database_ms(from), database_ms(from.after(slot * slots)));
    let slot_ms = i64::try_from(slot.as_millis()).unwrap_or(i64::MAX).max(1);
    let rows = sqlx::query!(
        r#"SELECT (at_ms - $1::bigint) / $2::bigint AS "slot!", layer, COUNT(*) AS "count!" FROM prevented_duplicates
           WHERE at_ms >= $1 AND at_ms < $3 GROUP BY 1, 2"#,
        from_ms,
        slot_ms,
        until_ms
    )
    .fetch_all(&db.pool)
    .await?;
    let row = Row::new("prevented_duplicates", "of a slot");
    let tallies = rows.into_iter().map(|counted| {
        Ok(Tally {
            slot: row.number("at_ms", counted.slot)?,
            layer: layer(&row, &counted.layer)?,
            count: row.number("id", counted.count)?,
        })
    });
    tallies.collect()
}

async fn forget(db: &Database, before: Timestamp) -> Result<u64, Fault> {
    let before_ms = database_ms(before);
    let mut write = db.begin().await?;
    let forgotten = sqlx::query!(
        "DELETE FROM prevented_duplicates WHERE id IN (
             SELECT id FROM prevented_duplicates WHERE at_ms < $1 ORDER BY at_ms LIMIT $2)",
        before_ms,
        i64::from(FORGOTTEN_AT_ONCE)
    )
    .execute(&mut *write)
    .await?;
    commit(write).await?;
    Ok(forgotten.rows_affected())
}
