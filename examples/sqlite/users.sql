-- People who don't exist. Tests/Scripts/guide-passwords says how their passwords were made.
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL COLLATE NOCASE UNIQUE,
    confirmed INTEGER NOT NULL DEFAULT 0,
    name TEXT,
    password TEXT,
    state TEXT NOT NULL DEFAULT 'active'
);

INSERT INTO users VALUES
    (1, 'Ana@Example.com', 1, 'Ana Sol', '$2b$12$zMn16fxnAFx8Jeuoobli2.16tlumMwCLqouNll3bxcSKC1W6SDOaS', 'active'),
    (2, 'bruno@example.com', 0, 'Bruno de la Cruz',
        '$argon2id$v=19$m=19456,t=2,p=1$3vQY9D/qnPcIsebyKzFoIQ$/w0IQyaBDPbb0RBFAcdlz8heNRSGAXO9zcN6QHdPDjE', 'active'),
    (3, 'chen@example.com', 1, 'Chen Wei', '$2b$10$ok7j/CIwajjDb9m33u2UsuMBGTJKA7IYd6xWA9E.CY.RFweAl5Alu', 'blocked'),
    (4, 'dalia@example.com', 1, NULL, '$2b$10$HL5FGVhXt.nO5f0KkUbS2u2te3R4G4CIxE1NlzMZOMbuYXd/sjef2', 'expired'),
    (5, 'fay@example.com', 1, 'Fay Ito', NULL, 'active');
