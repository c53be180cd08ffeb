-- The key of case_spans finds the open span of a case as well as an index of its own did.
DROP INDEX case_spans_open;
