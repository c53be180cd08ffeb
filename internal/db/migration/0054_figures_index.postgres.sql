-- What was done to a case is found by the case, so that the few deeds to cases in confidence are counted from those
-- cases and not from all deeds; nobody asks for a deed by its own id alone. What was done in a period is one stretch of
-- the other index, in the order in which a list of it runs.
ALTER TABLE case_deeds DROP CONSTRAINT case_deeds_pkey;
ALTER TABLE case_deeds ADD PRIMARY KEY (town_id, case_id, id);
DROP INDEX case_deeds_type;
CREATE INDEX case_deeds_at ON case_deeds (town_id, at, type, case_id);

-- A span is reached from its case; a word that is taken down has one index less to write.
DROP INDEX case_spans_state;
