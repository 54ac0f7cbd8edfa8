-- The table that list-rows reads: 1,000,000 rows of 10 text columns, as a user table has them.
DROP TABLE IF EXISTS rows;
CREATE UNLOGGED TABLE rows AS
SELECT
    i::text AS id,
    'user' || i AS login,
    'user' || i || '@example.com' AS email,
    'Given' || (i % 1000) AS given_name,
    'Family' || (i % 5000) AS family_name,
    '+1555' || lpad((i % 10000000)::text, 7, '0') AS phone,
    CASE WHEN i % 3 = 0 THEN NULL ELSE 'de' END AS locale,
    md5(i::text) || md5((i + 1)::text) AS password_hash,
    '2026-01-01 00:00:00+00' AS created_at,
    CASE WHEN i % 7 = 0 THEN 'true' ELSE 'false' END AS disabled
FROM generate_series(1, 1000000) AS i;
VACUUM ANALYZE rows;
