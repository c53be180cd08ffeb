-- The search index lies in the file of derived things, which is made anew by itself.

-- What is written with every event costs every event: the number of a town's last one is that of its last row, and a key is
-- looked for by the key that wraps it only when that is exchanged, town by town.
DROP TABLE journal_heads;
DROP INDEX record_keys_kek;
