-- The directory of the demo: people who don't exist, and every hash scheme that is built.
-- All of them have the password "correct horse".
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    email TEXT,
    email_confirmed_at TEXT,
    given_name TEXT,
    family_name TEXT,
    phone TEXT,
    sex TEXT,
    password_hash TEXT,
    is_disabled INTEGER NOT NULL DEFAULT 0,
    must_change INTEGER NOT NULL DEFAULT 0,
    migrated_at TEXT
);

INSERT INTO users (id, email, email_confirmed_at, given_name, family_name, phone, sex, password_hash) VALUES
    -- bcrypt
    (42, 'Ana@Example.com', '2024-03-01', 'Ana', 'Sol', '0170 1234567', 'f',
        '$2b$10$WRaGNYM3aiV2EFurA81C6OuiniIggiwjwtvI5Jng/Ymy9QDYTKvqa'),
    -- argon2
    (43, 'bruno@example.com', '2024-03-02', 'Bruno', 'de la Cruz', '+49 (0)30 7654321', 'm',
        '$argon2id$v=19$m=19456,t=2,p=1$BbGng5egNowTH5F9X75NcQ$ghzf4GjEgs8b/HOkY9Y1J1/8UUxqfgYD3vyPTuCRSQc'),
    -- OpenLDAP's salted SHA-1; a number that nobody could call
    (44, 'chen@example.com', '2024-03-03', 'Chen', 'Wei', 'ask reception', NULL,
        '{SSHA}xFGTwmATCuA7Ue5z/yWPbWaeV8ttYWRlLXVwLXNhbHQ='),
    -- Django
    (45, 'dmitri@example.com', NULL, 'Дмитрий', 'Орлов', NULL, 'm',
        'pbkdf2_sha256$260000$madeupsalt$lkTkO02A0C+3/v7CkbQzzVbyJR5Fv3VI+Q6O7koprEY='),
    -- crypt(3)
    (46, 'emeka@example.com', '2024-03-05', 'Emeka', 'Obi', NULL, 'm',
        '$6$madeupsalt$4Tjj2IXu3T7mucv6e0ixC/SXyYX8J4B1hHZ/AwFet.HmtqHsDXX5zwrBO7tTHr1qXn2CIRLcjXX3wbh1e/k4m.'),
    -- no password that could be checked: signs in elsewhere
    (47, 'farah@example.com', '2024-03-06', 'Farah', 'Haddad', NULL, 'f', NULL);

INSERT INTO users (id, email, email_confirmed_at, given_name, family_name, password_hash, is_disabled, must_change,
    migrated_at) VALUES
    (50, 'gita@example.com', '2024-03-07', 'Gita', 'Rao',
        '$2b$10$WRaGNYM3aiV2EFurA81C6OuiniIggiwjwtvI5Jng/Ymy9QDYTKvqa', 1, 0, NULL),
    (51, 'hugo@example.com', '2024-03-08', 'Hugo', 'Lind',
        '$2b$10$WRaGNYM3aiV2EFurA81C6OuiniIggiwjwtvI5Jng/Ymy9QDYTKvqa', 0, 1, NULL),
    (52, 'ines@example.com', '2024-03-09', 'Inês', 'Faria',
        '$2b$10$WRaGNYM3aiV2EFurA81C6OuiniIggiwjwtvI5Jng/Ymy9QDYTKvqa', 0, 0, '2026-02-01T09:30:00Z'),
    -- two with one address: nobody can say who it is
    (53, 'jo@example.com', '2024-03-10', 'Jo', 'Berg',
        '$2b$10$WRaGNYM3aiV2EFurA81C6OuiniIggiwjwtvI5Jng/Ymy9QDYTKvqa', 0, 0, NULL),
    (54, 'Jo@example.com', '2024-03-11', 'Johanna', 'Berg',
        '$2b$10$WRaGNYM3aiV2EFurA81C6OuiniIggiwjwtvI5Jng/Ymy9QDYTKvqa', 0, 0, NULL);
