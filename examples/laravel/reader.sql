CREATE ROLE laravel_reader LOGIN PASSWORD 'change me' CONNECTION LIMIT 40;
GRANT SELECT (id, name, email, email_verified_at, password, deleted_at) ON users TO laravel_reader;
