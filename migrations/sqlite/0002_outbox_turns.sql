-- Who tells of an event, and when it is tried again. Its pair is migrations/postgres/0002_outbox_turns.sql.

-- How often it was taken.
ALTER TABLE outbox ADD COLUMN taken INTEGER NOT NULL DEFAULT 0 CHECK (taken >= 0);

-- Given to nobody before: taken by someone, or it failed.
ALTER TABLE outbox ADD COLUMN due_at_ms INTEGER NOT NULL DEFAULT 0 CHECK (due_at_ms >= 0);
