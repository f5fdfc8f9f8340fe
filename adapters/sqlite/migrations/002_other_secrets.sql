-- The passwords of proxies and of the storage units of a sharded target, sealed with the folder's secret.key.
-- NULL when there are none.
ALTER TABLE jobs ADD COLUMN other_secrets BLOB;
