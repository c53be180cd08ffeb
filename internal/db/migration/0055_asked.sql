-- What residents are shown of a village is little and has an index of its own; a word that is taken down is not in it.
DROP INDEX cases_village;
CREATE INDEX cases_public ON cases (town_id, village_id, category, registered_at, id) WHERE visibility = 'public' AND live AND consent;

-- With the order of the answer in the index itself, no planner goes through a town's cases or numbers to save the sorting.
DROP INDEX cases_linked;
CREATE INDEX cases_linked ON cases (town_id, linked_to, id) WHERE linked_to <> '';
DROP INDEX case_externals_case;
CREATE INDEX case_externals_case ON case_externals (town_id, case_id, system, number);

-- What every minute and every event asks for.
CREATE INDEX cases_notice_due ON cases (town_id, notice_due, id) WHERE state = 'registered' AND NOT veiled;
DROP INDEX notices_record;
CREATE INDEX notices_record ON notices (town_id, record, id) WHERE read_at IS NULL;
