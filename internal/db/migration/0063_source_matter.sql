-- Next week's copy of a ledger holds the matters of this week's with another progress: they are known by whose, where, when and
-- what, under a key, since who spoke is sealed. '' where a row says too little, or came in before.
ALTER TABLE case_sources ADD COLUMN matter TEXT NOT NULL DEFAULT '';
CREATE INDEX case_sources_matter ON case_sources (town_id, matter);
