-- Who tells of an event, and when it is tried again. Its pair is migrations/sqlite/0002_outbox_turns.sql.

ALTER TABLE outbox
    -- How often it was taken.
    ADD COLUMN taken     bigint NOT NULL DEFAULT 0 CHECK (taken >= 0),
    -- Given to nobody before: taken by someone, or it failed.
    ADD COLUMN due_at_ms bigint NOT NULL DEFAULT 0 CHECK (due_at_ms >= 0);
