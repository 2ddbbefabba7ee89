-- The shop: products, carts, orders and the outbox. Its pair is migrations/postgres/0001_shop.sql.
--
-- Ids are UUIDs as 16 bytes and carry their time, so no table needs a creation date of its own. Whatever the code
-- relies on stands here as a constraint: a row that breaks a rule can not be written by any program.

CREATE TABLE products (
    slug        TEXT    NOT NULL PRIMARY KEY CHECK (length(slug) BETWEEN 1 AND 64 AND slug NOT GLOB '*[^a-z0-9-]*'),
    name        TEXT    NOT NULL CHECK (name <> ''),
    summary     TEXT    NOT NULL,
    description TEXT    NOT NULL,
    price_minor INTEGER NOT NULL CHECK (price_minor >= 0),
    currency    TEXT    NOT NULL CHECK (currency IN ('EUR', 'USD', 'JPY', 'KWD')),
    stock       INTEGER NOT NULL CHECK (stock BETWEEN 0 AND 4294967295)
) STRICT;

CREATE TABLE carts (
    id      BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    shopper BLOB    NOT NULL CHECK (length(shopper) = 16),
    kind    TEXT    NOT NULL CHECK (kind IN ('basket', 'buy_now')),
    version INTEGER NOT NULL CHECK (version BETWEEN 1 AND 4294967295),
    status  TEXT    NOT NULL CHECK (status IN ('open', 'ordered', 'void'))
) STRICT;

-- Two tabs that add at once fill one basket.
CREATE UNIQUE INDEX carts_one_open_basket_key ON carts (shopper) WHERE kind = 'basket' AND status = 'open';

CREATE TABLE cart_lines (
    cart_id  BLOB    NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
    slug     TEXT    NOT NULL REFERENCES products (slug),
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 10),
    position INTEGER NOT NULL CHECK (position >= 1),
    PRIMARY KEY (cart_id, slug)
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    shopper      BLOB    NOT NULL CHECK (length(shopper) = 16),
    cart_id      BLOB    NOT NULL REFERENCES carts (id),
    order_token  BLOB    NOT NULL CHECK (length(order_token) = 16),
    number       TEXT    NOT NULL CHECK (length(number) = 8),
    name         TEXT    NOT NULL CHECK (name <> ''),
    email        TEXT    NOT NULL CHECK (email <> ''),
    street       TEXT    NOT NULL CHECK (street <> ''),
    postcode     TEXT    NOT NULL CHECK (postcode <> ''),
    city         TEXT    NOT NULL CHECK (city <> ''),
    country      TEXT    NOT NULL CHECK (country <> ''),
    total_minor  INTEGER NOT NULL CHECK (total_minor >= 0),
    currency     TEXT    NOT NULL CHECK (currency IN ('EUR', 'USD', 'JPY', 'KWD')),
    placed_at_ms INTEGER NOT NULL CHECK (placed_at_ms >= 0),
    -- The promise of the shop: one intent, one order.
    CONSTRAINT orders_order_token_key UNIQUE (order_token),
    CONSTRAINT orders_cart_id_key UNIQUE (cart_id)
) STRICT;

CREATE INDEX orders_shopper_placed_at_idx ON orders (shopper, placed_at_ms DESC, id DESC);

-- Two orders can share a number: people read it to each other, the id decides.
CREATE INDEX orders_number_idx ON orders (number);

CREATE TABLE order_lines (
    order_id         BLOB    NOT NULL REFERENCES orders (id),
    position         INTEGER NOT NULL CHECK (position >= 1),
    -- No reference: an order outlives the product.
    slug             TEXT    NOT NULL,
    name             TEXT    NOT NULL,
    quantity         INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 10),
    unit_price_minor INTEGER NOT NULL CHECK (unit_price_minor >= 0),
    currency         TEXT    NOT NULL CHECK (currency IN ('EUR', 'USD', 'JPY', 'KWD')),
    PRIMARY KEY (order_id, position),
    CONSTRAINT order_lines_slug_key UNIQUE (order_id, slug)
) STRICT, WITHOUT ROWID;

-- What others are to be told, written together with what happened and sent afterwards.
CREATE TABLE outbox (
    id            INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    order_id      BLOB    NOT NULL REFERENCES orders (id),
    kind          TEXT    NOT NULL CHECK (kind IN ('order_placed')),
    payload       TEXT    NOT NULL CHECK (json_valid(payload)),
    created_at_ms INTEGER NOT NULL CHECK (created_at_ms >= 0),
    sent_at_ms    INTEGER CHECK (sent_at_ms >= 0),
    CONSTRAINT outbox_order_id_kind_key UNIQUE (order_id, kind)
) STRICT;

CREATE INDEX outbox_unsent_idx ON outbox (id) WHERE sent_at_ms IS NULL;
