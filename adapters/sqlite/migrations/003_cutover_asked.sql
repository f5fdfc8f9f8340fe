-- 1: a manual cutover was asked for by a process that is not the one that runs the job; back to 0 as soon as the
-- report says that it is requested.
ALTER TABLE jobs ADD COLUMN cutover_asked INTEGER NOT NULL DEFAULT 0;
