-- The ledger of prevented duplicates, and what became of an order since it was placed. Its pair is
-- migrations/sqlite/0004_ledger.sql.

CREATE TABLE prevented_duplicates (
    id          bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at_ms       bigint  NOT NULL CHECK (at_ms >= 0),
    layer       text    NOT NULL CHECK (layer IN ('token', 'repeat', 'unique')),
    -- Whether it came with the key of the first order.
    same_key    boolean NOT NULL,
    way_in      text    NOT NULL CHECK (way_in IN ('form', 'function', 'api')),
    -- No reference: the token store may remember an order that the database lost.
    first_order uuid,
    delay_ms    bigint  CHECK (delay_ms >= 0),
    CONSTRAINT prevented_duplicates_first_check CHECK ((first_order IS NULL) = (delay_ms IS NULL))
);

CREATE INDEX prevented_duplicates_at_idx ON prevented_duplicates (at_ms);

-- Nothing else of an order ever changes.
ALTER TABLE orders ADD COLUMN cancelled_at_ms bigint CHECK (cancelled_at_ms >= 0);
ALTER TABLE orders ADD COLUMN refunded_at_ms bigint CHECK (refunded_at_ms >= 0);
ALTER TABLE orders ADD CONSTRAINT orders_refunded_check CHECK (refunded_at_ms IS NULL OR cancelled_at_ms IS NOT NULL);

-- The administration lists the orders of all shoppers, latest first.
CREATE INDEX orders_placed_at_idx ON orders (placed_at_ms DESC, id DESC);
