-- A worklist is merged of its parts, each in the order of an index: what stands in a state, and what waits for a decision.
CREATE INDEX cases_state_due ON cases (town_id, state, due_at, id) WHERE live AND NOT veiled;
CREATE INDEX cases_pending_due ON cases (town_id, due_at, id) WHERE live AND NOT veiled AND pending <> '';
