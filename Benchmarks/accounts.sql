-- The table that sign-ins look people up in: 100,000 people with one password, hashed as cheaply as it can be.
DROP TABLE IF EXISTS accounts;
CREATE UNLOGGED TABLE accounts AS
SELECT
    i::text AS id,
    'user' || i AS login,
    'user' || i || '@example.com' AS email,
    '2026-01-01 00:00:00+00' AS email_confirmed_at,
    'Given' || (i % 1000) AS given_name,
    'Family' || (i % 5000) AS family_name,
    '+1555' || lpad((i % 10000000)::text, 7, '0') AS phone,
    'de' AS locale,
    md5('correct horse') AS password_hash,
    'false' AS disabled
FROM generate_series(0, 99999) AS i;
ALTER TABLE accounts ADD PRIMARY KEY (login);
VACUUM ANALYZE accounts;
