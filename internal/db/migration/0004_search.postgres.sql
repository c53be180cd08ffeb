-- Full text: the normalised text, and the tokens of package search as lexemes that begin with the town's number.
CREATE TABLE search_bodies (
    town_id TEXT NOT NULL,
    doc     BIGINT NOT NULL,
    body    TEXT NOT NULL,
    tokens  TSVECTOR NOT NULL,
    PRIMARY KEY (town_id, doc)
);
CREATE INDEX search_bodies_tokens ON search_bodies USING gin (tokens);
