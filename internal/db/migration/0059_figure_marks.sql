-- How often something was told afterwards of a day that was over, by source of figures: what was counted of a period that
-- has ended holds until one of its days, or one before it, is told of again.
CREATE TABLE figure_marks (
    town_id TEXT NOT NULL,
    source  TEXT NOT NULL,
    day     TEXT NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (town_id, source, day)
);
