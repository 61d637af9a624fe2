-- The agent's own table. The lock is for agents that start at the same moment.
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('site_check'));
CREATE TABLE IF NOT EXISTS site_check (
  task_id            UUID PRIMARY KEY,
  url                TEXT NOT NULL,
  state              TEXT NOT NULL CHECK (state IN ('up', 'down')),
  reason             TEXT,
  status             INTEGER,
  millis             BIGINT NOT NULL,
  certificate_expiry TIMESTAMPTZ,
  checked_at         TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMIT;
