-- What was done to a case lies beside each other, so that the few deeds to cases in confidence are counted from those
-- cases and not from all deeds. Nobody asks for a deed by its own id alone.
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
INSERT INTO case_deeds_by_case SELECT town_id, case_id, id, type, at, unit_id, outcome FROM case_deeds ORDER BY town_id, case_id, id;
DROP TABLE case_deeds;
ALTER TABLE case_deeds_by_case RENAME TO case_deeds;
CREATE INDEX case_deeds_type ON case_deeds (town_id, type, at, case_id);
