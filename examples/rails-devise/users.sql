-- People who don't exist. Tests/Scripts/guide-passwords says how their passwords were made.
-- The table as "rails generate devise User" of Devise 4.9 makes it in PostgreSQL, with :confirmable, :lockable and
-- :omniauthable, and with names of the application's own.
CREATE TABLE users (
    id bigserial PRIMARY KEY,
    email varchar NOT NULL DEFAULT '',
    encrypted_password varchar NOT NULL DEFAULT '',
    reset_password_token varchar UNIQUE,
    reset_password_sent_at timestamp(6),
    remember_created_at timestamp(6),
    confirmation_token varchar UNIQUE,
    confirmed_at timestamp(6),
    confirmation_sent_at timestamp(6),
    unconfirmed_email varchar,
    failed_attempts integer NOT NULL DEFAULT 0,
    unlock_token varchar UNIQUE,
    locked_at timestamp(6),
    provider varchar,
    uid varchar,
    first_name varchar,
    last_name varchar,
    created_at timestamp(6) NOT NULL DEFAULT now(),
    updated_at timestamp(6) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX index_users_on_email ON users (email);

INSERT INTO users (id, email, encrypted_password, confirmed_at, locked_at, provider, uid, first_name, last_name) VALUES
    (1, 'ana@example.com', '$2a$12$3ENXnNQoUj3yfgUXhTS4Z.8pqh5SVBC18TKyg58qKwOyO8u2EK58m', '2024-03-01', NULL,
        NULL, NULL, 'Ana', 'Sol'),
    (2, 'bruno@example.com', '$2a$11$WlqPO.2qVjqLfc./SaZ0eez33Od/VbZDJ/2RWdtcEJU.PW4WH4Jl6', '2024-03-02',
        NULL, NULL, NULL, 'Bruno', 'de la Cruz'),
    -- Never confirmed the address.
    (3, 'chen@example.com', '$2a$12$9C8leMpRGzZQEjEGrI1B8Of1Dycqba9gctwe8OHVpYY1KwWXLPcAS', NULL, NULL, NULL,
        NULL, 'Chen', 'Wei'),
    -- Locked a moment ago, after too many wrong passwords; and long ago, which is over.
    (4, 'dalia@example.com', '$2a$12$1QMUCL8XRyx0BU3zQsX.QOnnjQYqBBs/KolebkoB.SwJyMTtPUTRi', '2024-03-04',
        timezone('UTC', now()), NULL, NULL, 'Dalia', NULL),
    (5, 'emil@example.com', '$2a$12$hHKxBwdvfXMbSEK56SRes.K2u8DIInVcVJ1WaQxANqg7FMmH3WWfe', '2024-03-05',
        '2024-04-01', NULL, NULL, 'Emil', 'Novak'),
    -- Came by OmniAuth: Devise's README has such a user made with a random password.
    (6, 'fay@example.com', '', '2024-03-06', NULL, 'google_oauth2', '104', 'Fay', 'Ito');
