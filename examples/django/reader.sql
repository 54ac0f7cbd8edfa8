CREATE ROLE django_reader LOGIN PASSWORD 'change me' CONNECTION LIMIT 40;
GRANT SELECT (id, password, first_name, last_name, email, is_active) ON auth_user TO django_reader;
GRANT SELECT (email, verified, "primary", user_id) ON account_emailaddress TO django_reader;
