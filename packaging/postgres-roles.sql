-- Two users of the shop's database: one that owns the tables and migrates them, one that serves and can do neither.
-- Run it once, as a superuser, in the database of the shop. Give both a password afterwards, with \password in psql.
--
--     once migrate    with the DATABASE_URL of once_owner
--     psql -f postgres-grants.sql    as once_owner, after every migration
--     once serve      with the DATABASE_URL of once_app

CREATE ROLE once_owner LOGIN;
CREATE ROLE once_app LOGIN;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO once_owner;
GRANT USAGE ON SCHEMA public TO once_app;
