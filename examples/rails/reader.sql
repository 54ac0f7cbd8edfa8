CREATE ROLE rails_reader LOGIN PASSWORD 'change me' CONNECTION LIMIT 40;
GRANT SELECT (id, email_address, password_digest) ON users TO rails_reader;
