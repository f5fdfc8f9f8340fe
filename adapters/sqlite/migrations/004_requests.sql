-- What a process that does not run the job has left for the one that does; NULL when nothing is waiting.
-- The word of a command: pause, cancel, finish, rollback.
ALTER TABLE jobs ADD COLUMN command_asked TEXT;
-- JSON, the `limits` of a job file.
ALTER TABLE jobs ADD COLUMN limits_asked TEXT;
