-- People who don't exist. Tests/Scripts/guide-passwords says how their passwords were made.
-- Of the tables of Keycloak 26 in PostgreSQL those that are read, each with all its columns that matter here.
CREATE TABLE realm (id varchar(36) PRIMARY KEY, name varchar(255) UNIQUE, enabled boolean NOT NULL DEFAULT true);
CREATE TABLE user_entity (
    id varchar(36) PRIMARY KEY,
    email varchar(255),
    email_constraint varchar(255),
    email_verified boolean NOT NULL DEFAULT false,
    enabled boolean NOT NULL DEFAULT false,
    federation_link varchar(255),
    first_name varchar(255),
    last_name varchar(255),
    realm_id varchar(255),
    username varchar(255),
    created_timestamp bigint,
    service_account_client_link varchar(255),
    not_before integer NOT NULL DEFAULT 0,
    UNIQUE (realm_id, email_constraint),
    UNIQUE (realm_id, username)
);
CREATE INDEX idx_user_email ON user_entity (email);
CREATE TABLE credential (
    id varchar(36) PRIMARY KEY,
    salt bytea,
    type varchar(255),
    user_id varchar(36) REFERENCES user_entity (id),
    created_date bigint,
    user_label varchar(255),
    secret_data text,
    credential_data text,
    priority integer
);
CREATE INDEX idx_user_credential ON credential (user_id);
CREATE TABLE user_required_action (
    user_id varchar(36) NOT NULL REFERENCES user_entity (id),
    required_action varchar(255) NOT NULL DEFAULT ' ',
    PRIMARY KEY (required_action, user_id)
);

INSERT INTO realm VALUES ('r1', 'shop'), ('r2', 'master');
INSERT INTO user_entity (id, email, email_constraint, email_verified, enabled, federation_link, first_name, last_name,
    realm_id, username, service_account_client_link) VALUES
    ('u1', 'ana@example.com', 'ana@example.com', true, true, NULL, 'Ana', 'Sol', 'r1', 'ana', NULL),
    ('u2', 'bruno@example.com', 'bruno@example.com', false, true, NULL, 'Bruno', 'de la Cruz', 'r1', 'bruno', NULL),
    ('u3', 'chen@example.com', 'chen@example.com', true, true, NULL, 'Chen', 'Wei', 'r1', 'chen', NULL),
    -- An administrator asked for a new password.
    ('u4', 'dalia@example.com', 'dalia@example.com', true, true, NULL, 'Dalia', NULL, 'r1', 'dalia', NULL),
    ('u5', 'emil@example.com', 'emil@example.com', true, false, NULL, 'Emil', 'Novak', 'r1', 'emil', NULL),
    -- Came by an identity provider, and has no password.
    ('u6', 'fay@example.com', 'fay@example.com', true, true, NULL, 'Fay', 'Ito', 'r1', 'fay', NULL),
    -- The same address in another realm, and an account of a client.
    ('u7', 'ana@example.com', 'ana@example.com', true, true, NULL, 'Ana', 'Admin', 'r2', 'ana', NULL),
    ('u8', NULL, 'c9', false, true, NULL, NULL, NULL, 'r1', 'service-account-jobs', 'c1');
INSERT INTO credential (id, type, user_id, secret_data, credential_data, priority) VALUES
    ('c1', 'password', 'u1', '{"value":"g1E3Zg5KNUewSmaxh218rUJXgTshMmz6dIZLYNF+IKE=","salt":"Nmyx8Ii2aI4vgyXDZQF85g==","additionalParameters":{}}',
        '{"hashIterations":5,"algorithm":"argon2","additionalParameters":{"hashLength":["32"],"memory":["7168"],"type":["id"],"version":["1.3"],"parallelism":["1"]}}',
        10),
    ('c2', 'password', 'u2',
        '{"value":"8fy90PxHnVUaEgDyy/1tsCjhpBKrpzsN9IsZHrv231r4xruSh4y5Eg93DZR4SJEJfUm1hg9qU012g2iAjDN0QQ==","salt":"YCTbfaee6NNGiYmvfIdQVg==","additionalParameters":{}}',
        '{"hashIterations":210000,"algorithm":"pbkdf2-sha512","additionalParameters":{}}', 10),
    ('c3', 'password', 'u3',
        '{"value":"D6jScV7QCME6/Nwfs03bCgQbowGT2u1Mq4bxbBhHhBtjMql+PLJiwTIeDp8sWZCzKMBL5Xy/oLXZnnYZlLy+CA==","salt":"8j9lTLtKbN75+nLoi2hBug==","additionalParameters":{}}',
        '{"hashIterations":27500,"algorithm":"pbkdf2-sha256","additionalParameters":{}}', 10),
    ('c4', 'password', 'u4', '{"value":"Qn1vtoTeDkslEUwozdekOHPE1VGrrVQ6MVRnTheNW+Y=","salt":"fkjfS9a8s5uoVoCJOKsTGQ==","additionalParameters":{}}',
        '{"hashIterations":5,"algorithm":"argon2","additionalParameters":{"hashLength":["32"],"memory":["7168"],"type":["id"],"version":["1.3"],"parallelism":["1"]}}',
        10),
    ('c5', 'password', 'u5', '{"value":"SJtkHScYFKVqwlzciQhCy8NlULm2+5Kwipd4Q7/gR9g=","salt":"MW0hgi3dVq3iaayoxeeyug==","additionalParameters":{}}',
        '{"hashIterations":5,"algorithm":"argon2","additionalParameters":{"hashLength":["32"],"memory":["7168"],"type":["id"],"version":["1.3"],"parallelism":["1"]}}',
        10),
    -- Not a password: an authenticator app's key.
    ('c6', 'otp', 'u1', '{"value":"made up"}', '{"subType":"totp","digits":6}', 20);
INSERT INTO user_required_action VALUES ('u4', 'UPDATE_PASSWORD'), ('u1', 'TERMS_AND_CONDITIONS');
