-- The shop: products, carts, orders and the outbox. Its pair is migrations/sqlite/0001_shop.sql.
--
-- Ids are UUIDs and carry their time, so no table needs a creation date of its own. Whatever the code relies on stands
-- here as a constraint: a row that breaks a rule can not be written by any program.

CREATE TABLE products (
    slug        text   NOT NULL PRIMARY KEY CHECK (slug ~ '^[a-z0-9-]{1,64}$'),
    name        text   NOT NULL CHECK (name <> ''),
    summary     text   NOT NULL,
    description text   NOT NULL,
    price_minor bigint NOT NULL CHECK (price_minor >= 0),
    currency    text   NOT NULL CHECK (currency IN ('EUR', 'USD', 'JPY', 'KWD')),
    stock       bigint NOT NULL CHECK (stock BETWEEN 0 AND 4294967295)
);

CREATE TABLE carts (
    id      uuid   NOT NULL PRIMARY KEY,
    shopper uuid   NOT NULL,
    kind    text   NOT NULL CHECK (kind IN ('basket', 'buy_now')),
    version bigint NOT NULL CHECK (version BETWEEN 1 AND 4294967295),
    status  text   NOT NULL CHECK (status IN ('open', 'ordered', 'void'))
);

-- Two tabs that add at once fill one basket.
CREATE UNIQUE INDEX carts_one_open_basket_key ON carts (shopper) WHERE kind = 'basket' AND status = 'open';

CREATE TABLE cart_lines (
    cart_id  uuid    NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
    slug     text    NOT NULL REFERENCES products (slug),
    quantity bigint NOT NULL CHECK (quantity BETWEEN 1 AND 10),
    position bigint NOT NULL CHECK (position >= 1),
    PRIMARY KEY (cart_id, slug)
);

CREATE TABLE orders (
    id           uuid   NOT NULL PRIMARY KEY,
    shopper      uuid   NOT NULL,
    cart_id      uuid   NOT NULL REFERENCES carts (id),
    order_token  uuid   NOT NULL,
    number       text   NOT NULL CHECK (length(number) = 8),
    name         text   NOT NULL CHECK (name <> ''),
    email        text   NOT NULL CHECK (email <> ''),
    street       text   NOT NULL CHECK (street <> ''),
    postcode     text   NOT NULL CHECK (postcode <> ''),
    city         text   NOT NULL CHECK (city <> ''),
    country      text   NOT NULL CHECK (country <> ''),
    total_minor  bigint NOT NULL CHECK (total_minor >= 0),
    currency     text   NOT NULL CHECK (currency IN ('EUR', 'USD', 'JPY', 'KWD')),
    placed_at_ms bigint NOT NULL CHECK (placed_at_ms >= 0),
    -- The promise of the shop: one intent, one order.
    CONSTRAINT orders_order_token_key UNIQUE (order_token),
    CONSTRAINT orders_cart_id_key UNIQUE (cart_id)
);

CREATE INDEX orders_shopper_placed_at_idx ON orders (shopper, placed_at_ms DESC, id DESC);

-- Two orders can share a number: people read it to each other, the id decides.
CREATE INDEX orders_number_idx ON orders (number);

CREATE TABLE order_lines (
    order_id         uuid    NOT NULL REFERENCES orders (id),
    position         bigint NOT NULL CHECK (position >= 1),
    -- No reference: an order outlives the product.
    slug             text    NOT NULL,
    name             text    NOT NULL,
    quantity         bigint NOT NULL CHECK (quantity BETWEEN 1 AND 10),
    unit_price_minor bigint  NOT NULL CHECK (unit_price_minor >= 0),
    currency         text    NOT NULL CHECK (currency IN ('EUR', 'USD', 'JPY', 'KWD')),
    PRIMARY KEY (order_id, position),
    CONSTRAINT order_lines_slug_key UNIQUE (order_id, slug)
);

-- What others are to be told, written together with what happened and sent afterwards.
CREATE TABLE outbox (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id      uuid   NOT NULL REFERENCES orders (id),
    kind          text   NOT NULL CHECK (kind IN ('order_placed')),
    payload       jsonb  NOT NULL,
    created_at_ms bigint NOT NULL CHECK (created_at_ms >= 0),
    sent_at_ms    bigint CHECK (sent_at_ms >= 0),
    CONSTRAINT outbox_order_id_kind_key UNIQUE (order_id, kind)
);

CREATE INDEX outbox_unsent_idx ON outbox (id) WHERE sent_at_ms IS NULL;
