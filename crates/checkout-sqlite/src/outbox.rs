use async_trait::async_trait;
use checkout::adapter::{Row, run_to_end};
use checkout::cart::ShopperId;
use checkout::fail_point::{FailPoint, fail_point};
use checkout::order::OrderId;
use checkout::ports::{EventId, OutboxStore, StoreError, Untold};
use checkout::time::Timestamp;
use uuid::Uuid;

use crate::fault::Fault;
use crate::pools::{Pools, commit};

/// The outbox of the file.
#[derive(Clone)]
pub struct SqliteOutbox {
    pub(crate) pools: Pools,
}

#[async_trait]
impl OutboxStore for SqliteOutbox {
    async fn take_due(&self, now: Timestamp, until: Timestamp) -> Result<Option<Untold>, StoreError> {
        let pools = self.pools.clone();
        run_to_end("take event", async move {
            let taken = pools.retrying(|| take(&pools, now, until)).await;
            taken.map_err(|fault| fault.of("take event"))
        })
        .await
    }

    async fn postpone(&self, event: EventId, until: Timestamp) -> Result<(), StoreError> {
        let pools = self.pools.clone();
        run_to_end("postpone event", async move {
            let postponed = pools.retrying(|| postpone(&pools, event, until)).await;
            postponed.map_err(|fault| fault.of("postpone event"))
        })
        .await
    }

    async fn mark_told(&self, event: EventId, at: Timestamp) -> Result<(), StoreError> {
        let pools = self.pools.clone();
        run_to_end("mark event", async move {
            let marked = pools.retrying(|| mark(&pools, event, at)).await;
            marked.map_err(|fault| fault.of("mark event"))
        })
        .await
    }

    async fn count_untold(&self) -> Result<u64, StoreError> {
        let counted = count(&self.pools).await;
        counted.map_err(|fault| fault.of("count events"))
    }
}

/// The oldest event that is due. Looked for where reading holds up nobody: most of the time there is none.
async fn take(pools: &Pools, now: Timestamp, until: Timestamp) -> Result<Option<Untold>, Fault> {
    let (now_ms, until_ms) = (ms("due_at_ms", now)?, ms("due_at_ms", until)?);
    let due = sqlx::query_scalar!(
        "SELECT id FROM outbox WHERE sent_at_ms IS NULL AND due_at_ms <= ?1 LIMIT 1",
        now_ms
    )
    .fetch_optional(&pools.readers)
    .await?;
    if due.is_none() {
        return Ok(None);
    }
    let mut write = pools.write().await?;
    let taken = sqlx::query!(
        r#"UPDATE outbox SET taken = taken + 1, due_at_ms = ?2
           WHERE id = (SELECT id FROM outbox WHERE sent_at_ms IS NULL AND due_at_ms <= ?1 ORDER BY id LIMIT 1)
           RETURNING id AS "id!", order_id AS "order_id!", taken AS "taken!",
               (SELECT shopper FROM orders WHERE orders.id = order_id) AS "shopper!: Vec<u8>""#,
        now_ms,
        until_ms
    )
    .fetch_optional(&mut *write)
    .await?;
    commit(write).await?;
    let Some(taken) = taken else { return Ok(None) };
    let row = Row::new("outbox", taken.id);
    let uuid = |column, stored: &[u8]| row.read(column, Uuid::from_slice(stored));
    Ok(Some(Untold {
        event: EventId(taken.id),
        order: OrderId(uuid("order_id", &taken.order_id)?),
        shopper: ShopperId::from_uuid(uuid("order_id", &taken.shopper)?),
        taken: row.number("taken", taken.taken)?,
    }))
}

async fn postpone(pools: &Pools, event: EventId, until: Timestamp) -> Result<(), Fault> {
    let until_ms = ms("due_at_ms", until)?;
    let mut write = pools.write().await?;
    sqlx::query!(
        "UPDATE outbox SET due_at_ms = ?2 WHERE id = ?1 AND sent_at_ms IS NULL",
        event.0,
        until_ms
    )
    .execute(&mut *write)
    .await?;
    commit(write).await
}

async fn mark(pools: &Pools, event: EventId, at: Timestamp) -> Result<(), Fault> {
    let at_ms = ms("sent_at_ms", at)?;
    let mut write = pools.write().await?;
    sqlx::query!(
        "UPDATE outbox SET sent_at_ms = ?2 WHERE id = ?1 AND sent_at_ms IS NULL",
        event.0,
        at_ms
    )
    .execute(&mut *write)
    .await?;
    fail_point(FailPoint::BeforeTold).await;
    commit(write).await
}

async fn count(pools: &Pools) -> Result<u64, Fault> {
    let untold = sqlx::query_scalar!("SELECT COUNT(*) FROM outbox WHERE sent_at_ms IS NULL")
        .fetch_one(&pools.readers)
        .await?;
    Ok(Row::new("outbox", "all").number("id", untold)?)
}

fn ms(column: &'static str, time: Timestamp) -> Result<i64, Fault> {
    let row = Row::new("outbox", time.unix_ms);
    Ok(row.read(column, i64::try_from(time.unix_ms))?)
}
