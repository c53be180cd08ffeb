-- Accounts and sessions. Nothing here says how often or how long somebody worked: sessions are deleted when they end.
CREATE TABLE accounts (
    town_id     TEXT NOT NULL,
    id          TEXT NOT NULL,
    rev         BIGINT NOT NULL,
    login       TEXT NOT NULL UNIQUE,     -- in the whole installation; NFKC, lower case
    person_id   TEXT NOT NULL,
    password    TEXT NOT NULL,            -- Argon2id, PHC string
    must_change BOOLEAN NOT NULL,         -- somebody else knows the password
    disabled_at BIGINT,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (town_id, id),
    UNIQUE (town_id, person_id)
);

CREATE TABLE sessions (
    town_id    TEXT NOT NULL,
    id         TEXT NOT NULL,             -- shown to its owner; opens nothing
    token_hash BYTEA NOT NULL UNIQUE,     -- SHA-256 of the cookie
    account_id TEXT NOT NULL,
    roles      TEXT NOT NULL,             -- at its beginning: it ends when they change
    device     TEXT NOT NULL,             -- browser and system by name, without version
    created_at BIGINT NOT NULL,
    lapses_at  BIGINT NOT NULL,           -- unless used before; moved on by whole hours, so that it is no record of use
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (town_id, id)
);
CREATE INDEX sessions_account ON sessions (town_id, account_id, created_at);

-- How long a login, existing or not, has to wait after wrong passwords. Forgotten after a day.
CREATE TABLE auth_delays (
    key       BYTEA NOT NULL PRIMARY KEY, -- SHA-256 of the login: a name that does not exist is not kept
    step      BIGINT NOT NULL,
    free_at   BIGINT NOT NULL,
    forget_at BIGINT NOT NULL
);
CREATE INDEX auth_delays_forget ON auth_delays (forget_at);

-- What belongs to the installation and to no town.
CREATE TABLE installation (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
