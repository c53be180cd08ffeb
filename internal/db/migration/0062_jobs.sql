-- Nobody asks a job to stop: what it does is taken back by a command of its own.
ALTER TABLE jobs DROP COLUMN cancel;
