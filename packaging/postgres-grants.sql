-- What serving needs, and nothing more: no table can be made, changed or dropped, and an order neither changed nor
-- deleted. Run it as once_owner after every `once migrate`.

GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO once_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO once_app;
REVOKE UPDATE ON orders, order_lines FROM once_app;
REVOKE INSERT, UPDATE ON _sqlx_migrations FROM once_app;
GRANT DELETE ON cart_lines, sessions TO once_app;
