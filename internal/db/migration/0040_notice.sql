-- Notices: who is told what, derived from the journal. Nothing here says whether somebody was quick: what was read goes.
CREATE TABLE notices (
    town_id   TEXT NOT NULL,
    id        TEXT NOT NULL,
    person_id TEXT NOT NULL,              -- whom it tells
    kind      TEXT NOT NULL,              -- dispatched, overdue …
    record    TEXT NOT NULL,              -- the case, report, batch or account it is about; never text of it
    mark      TEXT NOT NULL,              -- what made it: an event, or a clock with its round and due moment
    confided  BOOLEAN NOT NULL,           -- about a case in confidence: leaves the program on no way
    at        BIGINT NOT NULL,
    read_at   BIGINT,                     -- put away by its owner, or the matter is settled; gone 30 days later
    PRIMARY KEY (town_id, id),
    UNIQUE (town_id, person_id, kind, record, mark)
);
CREATE INDEX notices_person ON notices (town_id, person_id, id);
CREATE INDEX notices_unread ON notices (town_id, person_id, id) WHERE read_at IS NULL;
CREATE INDEX notices_record ON notices (town_id, record) WHERE read_at IS NULL;
CREATE INDEX notices_at ON notices (town_id, at);

-- Up to which due moments the clock of a town has told.
CREATE TABLE notice_clocks (
    town_id   TEXT NOT NULL PRIMARY KEY,
    soon_to   BIGINT NOT NULL,            -- cases due up to here were announced as due soon
    over_to   BIGINT NOT NULL,            -- cases due up to here were announced as overdue
    digest_to BIGINT NOT NULL             -- when the last daily mails were put together
);

-- Where and how a person wants to be told outside of the program. No row: nothing is sent.
CREATE TABLE notice_wishes (
    town_id      TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    address      TEXT NOT NULL,           -- confirmed office address for mail, or ''
    pending      TEXT NOT NULL,           -- address that waits for its confirmation, or ''
    token_hash   BYTEA,                   -- SHA-256 of the token in the link that confirms pending
    token_until  BIGINT,
    pace         TEXT NOT NULL,           -- at_once | daily | never
    muted        TEXT NOT NULL,           -- JSON: kinds that are not mailed
    lang         TEXT NOT NULL,           -- zh-CN | en
    PRIMARY KEY (town_id, person_id)
);

-- What leaves the program: mails and signed calls of units' own systems. Written with what it tells, sent behind it.
CREATE TABLE deliveries (
    town_id  TEXT NOT NULL,
    id       TEXT NOT NULL,               -- the receiver's key against doing it twice
    channel  TEXT NOT NULL,               -- mail | hook
    target   TEXT NOT NULL,               -- person, or unit
    kind     TEXT NOT NULL,               -- of the notice; of the event for a hook
    record   TEXT NOT NULL,               -- what it is about; the text is put together when it is sent
    mark     TEXT NOT NULL,
    address  TEXT NOT NULL,               -- a mail's address where it is not the confirmed one, or ''
    at       BIGINT NOT NULL,             -- when it happened
    since_at BIGINT NOT NULL,             -- when it was first tried, or tried anew: a day later it is given up
    state    TEXT NOT NULL,               -- waiting | sent | dead | dropped
    tries    BIGINT NOT NULL,
    next_at  BIGINT,                      -- when it is tried next; NULL once it is finished
    lease    TEXT NOT NULL,               -- who is sending it
    failure  TEXT NOT NULL,               -- message key of the last failure, or ''
    ended_at BIGINT,
    PRIMARY KEY (town_id, id),
    UNIQUE (town_id, channel, target, kind, record, mark)
);
CREATE INDEX deliveries_next ON deliveries (town_id, next_at);
CREATE INDEX deliveries_target ON deliveries (town_id, channel, target, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX deliveries_dead ON deliveries (town_id, id) WHERE state = 'dead';
CREATE INDEX deliveries_ended ON deliveries (town_id, ended_at) WHERE ended_at IS NOT NULL;

-- Where a unit's own system is called. The secret is under the record's key.
CREATE TABLE unit_hooks (
    town_id TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    rev     BIGINT NOT NULL,
    url     TEXT NOT NULL,
    secret  BYTEA NOT NULL,
    PRIMARY KEY (town_id, unit_id)
);

-- Links by which a password is set anew. One for each account: a newer one voids it, and so does its use.
CREATE TABLE password_links (
    town_id    TEXT NOT NULL,
    account_id TEXT NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE,     -- SHA-256 of the token in the mail
    until_at   BIGINT NOT NULL,
    PRIMARY KEY (town_id, account_id)
);

-- Who reset an account's password for its owner: until somebody else says that it is they, it opens no case in
-- confidence. '' for nobody.
ALTER TABLE accounts ADD COLUMN doubted_by TEXT NOT NULL DEFAULT '';
