CREATE ROLE shop_reader LOGIN PASSWORD 'change me' CONNECTION LIMIT 40;
GRANT SELECT (id, email, email_confirmed_at, given_name, family_name, phone, password_hash, is_disabled, must_change,
    migrated_at) ON users TO shop_reader;
ALTER ROLE shop_reader SET default_transaction_read_only = on;
