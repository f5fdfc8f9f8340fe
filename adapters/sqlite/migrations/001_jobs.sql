-- Jobs and their history. Times are microseconds since 1970-01-01 UTC.
CREATE TABLE jobs (
    id              TEXT    NOT NULL PRIMARY KEY,
    -- What was asked for, JSON in the words of a job file, without passwords.
    spec            TEXT    NOT NULL,
    -- Sealed with the folder's secret.key; NULL for an empty password.
    source_password BLOB,
    target_password BLOB,
    state           TEXT    NOT NULL,
    -- Where resume or retry goes on.
    resume_state    TEXT    NOT NULL,
    -- JSON; NULL when there is no failure.
    failure         TEXT,
    -- JSON, see report-format.md.
    report          TEXT    NOT NULL,
    created         INTEGER NOT NULL,
    updated         INTEGER NOT NULL
) STRICT;

CREATE INDEX jobs_by_age ON jobs (created);

CREATE TABLE events (
    job_id   TEXT    NOT NULL REFERENCES jobs (id),
    -- From 1 per job, without gaps.
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    at       INTEGER NOT NULL,
    state    TEXT    NOT NULL,
    step     TEXT    NOT NULL,
    object   TEXT    NOT NULL,
    level    TEXT    NOT NULL,
    message  TEXT    NOT NULL,
    PRIMARY KEY (job_id, sequence)
) STRICT, WITHOUT ROWID;
