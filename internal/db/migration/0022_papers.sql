-- Numbers of printed papers: one for each event that a paper was printed of. Only casework reads it, behind the gate.
CREATE TABLE paper_documents (
    town_id  TEXT NOT NULL,
    paper    TEXT NOT NULL,               -- notice | decline | dispatch | supervision | reply | decision
    year     BIGINT NOT NULL,             -- of the number, in UTC+8
    n        BIGINT NOT NULL,             -- 1, 2, … within town, paper and year
    event_id TEXT NOT NULL,               -- the event that it prints
    case_id  TEXT NOT NULL,
    actor_id TEXT NOT NULL,               -- who took the number
    at       BIGINT NOT NULL,
    PRIMARY KEY (town_id, paper, year, n),
    UNIQUE (town_id, event_id)
);
CREATE INDEX paper_documents_case ON paper_documents (town_id, case_id);
