-- What residents are shown of a village is little and has an index of its own; a word that is taken down is not in it.
DROP INDEX cases_village;
CREATE INDEX cases_public ON cases (town_id, village_id, category, registered_at, id) WHERE visibility = 'public' AND live AND consent;
