-- The search index moves into the file of derived things, where it is built anew.
DROP TABLE search_fts;
DROP TABLE search_docs;
DELETE FROM marks WHERE name = 'case_search';
