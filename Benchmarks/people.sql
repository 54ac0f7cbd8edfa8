-- The table that list-map-validate reads: 1,000,000 made-up people, as a user table has them: mostly clean, with the spaces,
-- capitals, accents, odd telephone numbers and gaps that grow in one over the years.
DROP TABLE IF EXISTS people;
CREATE UNLOGGED TABLE people AS
SELECT
    i AS id,
    CASE WHEN i % 10 = 0 THEN ' User' || i || '@Example.COM ' ELSE 'user' || i || '@example.com' END AS email,
    CASE WHEN i % 5 = 0 THEN NULL ELSE timestamptz '2020-01-01 00:00:00+00' + i * interval '1 minute' END
        AS email_confirmed_at,
    (ARRAY['Ana', 'Jürgen', 'Marie  Louise', 'John', 'Zoë', 'Peter ', 'Maria', 'Thomas', 'Eva', 'David'])[1 + i % 10]
        AS given_name,
    (ARRAY['de la Cruz', 'Müller', 'van der Berg', 'O''Brien', 'Smith', 'Rossi', 'Kowalska'])[1 + i % 7] || (i % 5000)
        AS family_name,
    CASE i % 5
        WHEN 0 THEN NULL
        WHEN 1 THEN '030 ' || lpad((i % 10000000)::text, 7, '0')
        WHEN 2 THEN '+49 (0)30 ' || lpad((i % 10000000)::text, 7, '0')
        WHEN 3 THEN '0049-30-' || lpad((i % 10000000)::text, 7, '0')
        ELSE '030/' || lpad((i % 10000000)::text, 7, '0')
    END AS phone,
    CASE WHEN i % 3 = 0 THEN 'm' WHEN i % 3 = 1 THEN 'f' END AS sex,
    CASE WHEN i % 50 = 0 THEN '31.02.1990' ELSE to_char(date '1940-01-01' + i % 25000, 'DD.MM.YYYY') END AS born,
    md5(i::text) || md5((i + 1)::text) AS password_hash,
    CASE WHEN i % 7 = 0 THEN 'true' ELSE 'false' END AS disabled
FROM generate_series(1, 1000000) AS i;
VACUUM ANALYZE people;
