CREATE ROLE devise_reader LOGIN PASSWORD 'change me' CONNECTION LIMIT 40;
GRANT SELECT (id, email, encrypted_password, confirmed_at, locked_at, first_name, last_name) ON users TO devise_reader;
