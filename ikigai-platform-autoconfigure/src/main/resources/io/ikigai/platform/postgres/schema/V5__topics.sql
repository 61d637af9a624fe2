-- Publish and subscribe. Messages stay for a short while, so that whoever was away gets what it missed. Readers remember
-- the snapshot of their last look and select what it could not see: xid tells, also of transactions that commit late.

CREATE TABLE IF NOT EXISTS ikigai_topic_message (
	id BIGINT GENERATED ALWAYS AS IDENTITY,
	xid XID8 NOT NULL DEFAULT pg_current_xact_id(),
	topic TEXT NOT NULL,
	payload JSON NOT NULL,
	bytes INTEGER GENERATED ALWAYS AS (octet_length(payload::text)) STORED,
	published_by TEXT,
	created_at TIMESTAMPTZ NOT NULL DEFAULT statement_timestamp(),
	PRIMARY KEY (xid, id)
);

COMMENT ON COLUMN ikigai_topic_message.id IS 'the order of delivery among those that become visible together';
COMMENT ON COLUMN ikigai_topic_message.published_by IS 'the agent that published it through the platform; null for plain SQL';

-- Snapshots that the sweep took. It deletes what was visible in one that is older than the retention, and marks that one,
-- by which a reader that was away for longer sees that it may have missed something.
CREATE TABLE IF NOT EXISTS ikigai_topic_sweep (
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	snapshot PG_SNAPSHOT NOT NULL DEFAULT pg_current_snapshot(),
	taken_at TIMESTAMPTZ NOT NULL DEFAULT statement_timestamp(),
	swept BOOLEAN NOT NULL DEFAULT false
);
