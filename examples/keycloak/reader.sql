CREATE ROLE keycloak_reader LOGIN PASSWORD 'change me' CONNECTION LIMIT 40;
GRANT SELECT (id, name) ON realm TO keycloak_reader;
GRANT SELECT (id, email, email_verified, enabled, first_name, last_name, realm_id, service_account_client_link)
    ON user_entity TO keycloak_reader;
GRANT SELECT (type, user_id, secret_data, credential_data) ON credential TO keycloak_reader;
GRANT SELECT ON user_required_action TO keycloak_reader;
