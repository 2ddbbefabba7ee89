use async_trait::async_trait;
use checkout::adapter::{Row, run_to_end};
use checkout::cart::ShopperId;
use checkout::fail_point::{FailPoint, fail_point};
use checkout::order::OrderId;
use checkout::ports::{EventId, OutboxStore, StoreError, Untold};
use checkout::time::Timestamp;

use crate::fault::Fault;
use crate::pool::{Database, commit};

/// The outbox of the database.
#[derive(Clone)]
pub struct PostgresOutbox {
    pub(crate) db: Database,
}

#[async_trait]
impl OutboxStore for PostgresOutbox {
    async fn take_due(&self, now: Timestamp, until: Timestamp) -> Result<Option<Untold>, StoreError> {
        let db = self.db.clone();
        run_to_end("take event", async move {
            let taken = db.retrying(|| take(&db, now, until)).await;
            taken.map_err(|fault| fault.of("take event"))
        })
        .await
    }

    async fn postpone(&self, event: EventId, until: Timestamp) -> Result<(), StoreError> {
        let db = self.db.clone();
        run_to_end("postpone event", async move {
            let postponed = db.retrying(|| postpone(&db, event, until)).await;
            postponed.map_err(|fault| fault.of("postpone event"))
        })
        .await
    }

    async fn mark_told(&self, event: EventId, at: Timestamp) -> Result<(), StoreError> {
        let db = self.db.clone();
        run_to_end("mark event", async move {
            let marked = db.retrying(|| mark(&db, event, at)).await;
            marked.map_err(|fault| fault.of("mark event"))
        })
        .await
    }

    async fn count_untold(&self) -> Result<u64, StoreError> {
        let counted = count(&self.db).await;
        counted.map_err(|fault| fault.of("count events"))
    }
}

/// The oldest event that is due and that nobody else is just taking.
async fn take(db: &Database, now: Timestamp, until: Timestamp) -> Result<Option<Untold>, Fault> {
    let (now_ms, until_ms) = (ms("due_at_ms", now)?, ms("due_at_ms", until)?);
    let mut write = db.begin().await?;
    let taken = sqlx::query!(
        "UPDATE outbox SET taken = outbox.taken + 1, due_at_ms = $2 FROM orders o
         WHERE o.id = outbox.order_id AND outbox.id = (
             SELECT id FROM outbox WHERE sent_at_ms IS NULL AND due_at_ms <= $1
             ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING outbox.id, outbox.order_id, o.shopper, outbox.taken",
        now_ms,
        until_ms
    )
    .fetch_optional(&mut *write)
    .await?;
    commit(write).await?;
    let Some(taken) = taken else { return Ok(None) };
    let row = Row::new("outbox", taken.id);
    Ok(Some(Untold {
        event: EventId(taken.id),
        order: OrderId(taken.order_id),
        shopper: ShopperId::from_uuid(taken.shopper),
        taken: row.number("taken", taken.taken)?,
    }))
}

async fn postpone(db: &Database, event: EventId, until: Timestamp) -> Result<(), Fault> {
    let until_ms = ms("due_at_ms", until)?;
    let mut write = db.begin().await?;
    sqlx::query!(
        "UPDATE outbox SET due_at_ms = $2 WHERE id = $1 AND sent_at_ms IS NULL",
        event.0,
        until_ms
    )
    .execute(&mut *write)
    .await?;
    commit(write).await
}

async fn mark(db: &Database, event: EventId, at: Timestamp) -> Result<(), Fault> {
    let at_ms = ms("sent_at_ms", at)?;
    let mut write = db.begin().await?;
    sqlx::query!(
        "UPDATE outbox SET sent_at_ms = $2 WHERE id = $1 AND sent_at_ms IS NULL",
        event.0,
        at_ms
    )
    .execute(&mut *write)
    .await?;
    fail_point(FailPoint::BeforeTold).await;
    commit(write).await
}

async fn count(db: &Database) -> Result<u64, Fault> {
    let untold = sqlx::query_scalar!(r#"SELECT COUNT(*) AS "untold!" FROM outbox WHERE sent_at_ms IS NULL"#)
        .fetch_one(&db.pool)
        .await?;
    Ok(Row::new("outbox", "all").number("id", untold)?)
}

fn ms(column: &'static str, time: Timestamp) -> Result<i64, Fault> {
    let row = Row::new("outbox", time.unix_ms);
    Ok(row.read(column, i64::try_from(time.unix_ms))?)
}
