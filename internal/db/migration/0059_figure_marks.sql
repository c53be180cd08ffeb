-- How often rows were changed that say what was before the day of the change, by source of figures: what was counted of
-- a period that has ended holds until then.
CREATE TABLE figure_marks (
    town_id TEXT NOT NULL,
    source  TEXT NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (town_id, source)
);
