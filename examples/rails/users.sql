-- People who don't exist. Tests/Scripts/guide-passwords says how their passwords were made.
-- The table as "rails generate authentication" of Rails 8.0 makes it in PostgreSQL (has_secure_password).
CREATE TABLE users (
    id bigserial PRIMARY KEY,
    email_address varchar NOT NULL,
    password_digest varchar NOT NULL,
    created_at timestamp(6) NOT NULL DEFAULT now(),
    updated_at timestamp(6) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX index_users_on_email_address ON users (email_address);

INSERT INTO users (id, email_address, password_digest) VALUES
    (1, 'ana@example.com', '$2a$12$aEUtUcQdnGpgSp6hB7Bd1ecvs8FdLjppZw.sBowB5AvnVerCir/pK'),
    (2, 'bruno@example.com', '$2a$12$fxIJKFY3QHa8jNbKPLEu7eNt/IkTD2CswjYznaP75fUbMnsLHlm3G');
