-- Imports keep their files, plans and reports in the journal; undoing one needs the cases of a batch in order.
CREATE INDEX case_sources_batch ON case_sources (town_id, batch_id, case_id);
