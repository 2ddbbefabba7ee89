-- Accounts: who can log in, from where, and who may see what besides its shopper. Its pair is
-- migrations/postgres/0003_accounts.sql.
--
-- An account is named by the shopper that its carts and orders are of. That id stands in no cookie: only a session
-- leads to it.

CREATE TABLE accounts (
    shopper       BLOB    NOT NULL PRIMARY KEY CHECK (length(shopper) = 16),
    -- As it is shown.
    email         TEXT    NOT NULL CHECK (email <> ''),
    -- What all spellings of it share.
    email_key     TEXT    NOT NULL CHECK (email_key <> ''),
    password_hash TEXT    NOT NULL CHECK (password_hash GLOB '$argon2id$*'),
    created_at_ms INTEGER NOT NULL CHECK (created_at_ms >= 0),
    CONSTRAINT accounts_email_key UNIQUE (email_key)
) STRICT;

-- Who is logged in. Not the secret that the browser holds, but its digest.
CREATE TABLE sessions (
    digest        BLOB    NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    account       BLOB    NOT NULL REFERENCES accounts (shopper) ON DELETE CASCADE,
    expires_at_ms INTEGER NOT NULL CHECK (expires_at_ms >= 0)
) STRICT;

CREATE INDEX sessions_account_idx ON sessions (account);

-- The guests that an account was before it logged in, each of one account and for good. Their carts and orders stay
-- theirs, so that nothing has to be moved while an order may be under way.
CREATE TABLE guest_links (
    guest   BLOB NOT NULL PRIMARY KEY CHECK (length(guest) = 16),
    account BLOB NOT NULL REFERENCES accounts (shopper) ON DELETE CASCADE,
    CONSTRAINT guest_links_not_itself_check CHECK (guest <> account)
) STRICT, WITHOUT ROWID;

CREATE INDEX guest_links_account_idx ON guest_links (account);

-- Who looked an order up by its number and its e-mail address, and may see it since.
CREATE TABLE opened_orders (
    reader   BLOB NOT NULL CHECK (length(reader) = 16),
    order_id BLOB NOT NULL REFERENCES orders (id),
    PRIMARY KEY (reader, order_id)
) STRICT, WITHOUT ROWID;
