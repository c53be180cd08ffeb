-- What was done to a case is found by the case, so that the few deeds to cases in confidence are counted from those
-- cases and not from all deeds. Nobody asks for a deed by its own id alone.
ALTER TABLE case_deeds DROP CONSTRAINT case_deeds_pkey;
ALTER TABLE case_deeds ADD PRIMARY KEY (town_id, case_id, id);
