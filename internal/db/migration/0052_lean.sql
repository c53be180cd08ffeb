-- A case that was just registered has no unit and no leader, and stands in no index for them. The list of what is in hand
-- is counted from its index alone. What is closed is found among the newest; nobody counts it on each page.
DROP INDEX cases_state;
DROP INDEX cases_leader;
DROP INDEX cases_unit_due;
DROP INDEX cases_due;
CREATE INDEX cases_due ON cases (town_id, due_at, id, state, outcome, pending, unit_id, leader_id, village_id, live, veiled) WHERE live AND NOT veiled;
CREATE INDEX cases_unit_due ON cases (town_id, unit_id, due_at, id) WHERE live AND NOT veiled AND unit_id <> '';
CREATE INDEX cases_leader_due ON cases (town_id, leader_id, due_at, id) WHERE live AND NOT veiled AND leader_id <> '';
CREATE INDEX cases_scheduled ON cases (town_id, due_at) WHERE outcome = 'scheduled';

-- Nobody asks the journal by actor.
DROP INDEX events_actor;

-- What somebody may read in confidence is found by who reads, never by going through the cases: CROSS JOIN keeps SQLite to
-- that order.
DROP VIEW confided_cases;
CREATE VIEW confided_cases AS
    SELECT cases.*, readers.person_id AS reader_id FROM readers
    CROSS JOIN cases
    WHERE cases.town_id = readers.town_id AND cases.id = readers.record_id AND cases.veiled AND cases.state <> 'void';
