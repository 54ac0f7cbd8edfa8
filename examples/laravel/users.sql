-- People who don't exist. Tests/Scripts/guide-passwords says how their passwords were made.
-- The table as the migrations of Laravel 12 make it in PostgreSQL, with a nullable password for Socialite and deleted_at for
-- SoftDeletes, as many applications have them.
CREATE TABLE users (
    id bigserial PRIMARY KEY,
    name varchar(255) NOT NULL,
    email varchar(255) NOT NULL UNIQUE,
    email_verified_at timestamp(0),
    password varchar(255),
    remember_token varchar(100),
    created_at timestamp(0),
    updated_at timestamp(0),
    deleted_at timestamp(0)
);

INSERT INTO users (id, name, email, email_verified_at, password, deleted_at) VALUES
    (1, 'Ana Sol', 'Ana@example.com', '2024-03-01', '$2y$12$ww22Pe32RLO5anHvPWAVJOCustmSagD5gXMoQukaPAcaOYVoYkL6S',
        NULL),
    (2, 'Bruno de la Cruz', 'bruno@example.com', NULL, '$2y$10$VLhNJU4xz/aTk2ADWczG8OgHhghL1O7t23JE5iXm3MxWMahbnrt0u',
        NULL),
    -- HASH_DRIVER=argon2id
    (3, 'Chen Wei', 'chen@example.com', '2024-03-03',
        '$argon2id$v=19$m=65536,t=4,p=1$HZfEB3G+HFI+vdxIBXi+nQ$BVf1gQex2SztjlP54elFxLFEnjw69P3GHF2JVTYIrfw', NULL),
    -- Deleted.
    (4, 'Dalia Aziz', 'dalia@example.com', '2024-03-04',
        '$2y$12$4XrSnDwfanzYporC2W7cQOTTax5c76DfFG/0XuoiRyjiouno3X41e', '2024-05-01'),
    -- Came by Socialite.
    (5, 'Emil Novak', 'emil@example.com', '2024-03-05', NULL, NULL);
