-- The ledger of prevented duplicates, and what became of an order since it was placed. Its pair is
-- migrations/postgres/0004_ledger.sql.

CREATE TABLE prevented_duplicates (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at_ms       INTEGER NOT NULL CHECK (at_ms >= 0),
    layer       TEXT    NOT NULL CHECK (layer IN ('token', 'repeat', 'unique')),
    -- Whether it came with the key of the first order.
    same_key    INTEGER NOT NULL CHECK (same_key IN (0, 1)),
    way_in      TEXT    NOT NULL CHECK (way_in IN ('form', 'function', 'api')),
    -- No reference: the token store may remember an order that the database lost.
    first_order BLOB CHECK (length(first_order) = 16),
    delay_ms    INTEGER CHECK (delay_ms >= 0),
    CONSTRAINT prevented_duplicates_first_check CHECK ((first_order IS NULL) = (delay_ms IS NULL))
) STRICT;

CREATE INDEX prevented_duplicates_at_idx ON prevented_duplicates (at_ms);

-- Nothing else of an order ever changes.
ALTER TABLE orders ADD COLUMN cancelled_at_ms INTEGER CHECK (cancelled_at_ms >= 0);
ALTER TABLE orders ADD COLUMN refunded_at_ms INTEGER
    CHECK (refunded_at_ms >= 0 AND (refunded_at_ms IS NULL OR cancelled_at_ms IS NOT NULL));

-- The administration lists the orders of all shoppers, latest first.
CREATE INDEX orders_placed_at_idx ON orders (placed_at_ms DESC, id DESC);
