-- Lists are in the order in which somebody has to act. A case that was answered owes no answer any more: it stands behind all
-- that do, the one that waits longest for the resident's word first. Not a column that the engine computes: SQLite would count
-- no badge from an index alone any more.
ALTER TABLE cases ADD COLUMN answer_due BIGINT NOT NULL DEFAULT 0;
UPDATE cases SET answer_due = CASE WHEN state IN ('answered', 'follow_up') THEN 9007199254740992 + coalesce(answered_at, 0) ELSE due_at END;

DROP INDEX cases_due;
DROP INDEX cases_village_due;
DROP INDEX cases_unit_due;
DROP INDEX cases_leader_due;
DROP INDEX cases_state_due;
DROP INDEX cases_pending_due;
CREATE INDEX cases_due ON cases (town_id, answer_due, id, state, outcome, pending, unit_id, leader_id, village_id, live, veiled) WHERE live AND NOT veiled;
CREATE INDEX cases_village_due ON cases (town_id, village_id, answer_due, id) WHERE live AND NOT veiled;
CREATE INDEX cases_unit_due ON cases (town_id, unit_id, answer_due, id) WHERE live AND NOT veiled AND unit_id <> '';
CREATE INDEX cases_leader_due ON cases (town_id, leader_id, answer_due, id) WHERE live AND NOT veiled AND leader_id <> '';
CREATE INDEX cases_state_due ON cases (town_id, state, answer_due, id) WHERE live AND NOT veiled;
CREATE INDEX cases_pending_due ON cases (town_id, answer_due, id) WHERE live AND NOT veiled AND pending <> '';

-- On PostgreSQL a view has the columns that its table had when it was made. Lists read these two.
DROP VIEW open_cases;
DROP VIEW confided_cases;
CREATE VIEW open_cases AS
    SELECT cases.* FROM cases WHERE NOT cases.veiled AND cases.state <> 'void';
CREATE VIEW confided_cases AS
    SELECT cases.*, readers.person_id AS reader_id FROM readers
    CROSS JOIN cases
    WHERE cases.town_id = readers.town_id AND cases.id = readers.record_id AND cases.veiled AND cases.state <> 'void';
