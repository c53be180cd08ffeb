-- Full text without its content: only the tokens of package search. rowid is search_docs.doc, whose upper bits are the
-- town's number. one: each character once; two: each pair of neighbours, in place.
CREATE VIRTUAL TABLE search_fts USING fts5(one, two, content='', contentless_delete=1, tokenize='ascii');
