-- What was done to a case lies beside each other, so that the few deeds to cases in confidence are counted from those
-- cases and not from all deeds; nobody asks for a deed by its own id alone. What was done in a period is one stretch of
-- the other index, in the order in which a list of it runs.
CREATE TABLE case_deeds_by_case (
    town_id    TEXT NOT NULL,
    case_id    TEXT NOT NULL,
    id         TEXT NOT NULL,             -- the event's
    type       TEXT NOT NULL,
    at         BIGINT NOT NULL,
    unit_id    TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    PRIMARY KEY (town_id, case_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO case_deeds_by_case SELECT town_id, case_id, id, type, at, unit_id, outcome FROM case_deeds;
DROP TABLE case_deeds;
ALTER TABLE case_deeds_by_case RENAME TO case_deeds;
CREATE INDEX case_deeds_at ON case_deeds (town_id, at, type, case_id);

-- A span is reached from its case. An index by state tempted the planner to go through all spans of a state for each
-- case; and without it a word that is taken down has one index less to write.
DROP INDEX case_spans_state;
