-- The index lies in the file of derived things, which is made anew by itself.
SELECT 1;
