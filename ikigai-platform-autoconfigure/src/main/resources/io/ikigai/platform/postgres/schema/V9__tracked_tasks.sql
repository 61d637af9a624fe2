-- What is kept of task queues that are on a broker.

-- How each task stands, where ikigai.queues.<name>.tracking is on. The columns are those of task_queue; ticket is that of
-- the message that was claimed.
CREATE TABLE IF NOT EXISTS ikigai_tracked_task (
	id UUID PRIMARY KEY,
	queue_name TEXT NOT NULL,
	payload JSONB NOT NULL,
	priority INTEGER NOT NULL,
	scheduled_for TIMESTAMPTZ NOT NULL,
	claimed_by TEXT,
	claimed_at TIMESTAMPTZ,
	completed_at TIMESTAMPTZ,
	failed_at TIMESTAMPTZ,
	error TEXT,
	created_at TIMESTAMPTZ NOT NULL,
	attempt INTEGER NOT NULL DEFAULT 0,
	deaths INTEGER NOT NULL DEFAULT 0,
	max_attempts INTEGER,
	claim_token UUID,
	lease_expires_at TIMESTAMPTZ,
	cancelled_at TIMESTAMPTZ,
	unique_key TEXT,
	headers JSONB,
	result JSONB,
	progress DOUBLE PRECISION,
	progress_note TEXT,
	progress_at TIMESTAMPTZ,
	ticket UUID
) WITH (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

CREATE INDEX IF NOT EXISTS ikigai_tracked_task_queue ON ikigai_tracked_task (queue_name, created_at);

-- The unfinished task of each unique key, tracked or not. One that was not sent soon has no sender any more.
CREATE TABLE IF NOT EXISTS ikigai_task_key (
	queue_name TEXT NOT NULL,
	unique_key TEXT NOT NULL,
	id UUID NOT NULL,
	sent BOOLEAN NOT NULL DEFAULT false,
	reserved_at TIMESTAMPTZ NOT NULL DEFAULT statement_timestamp(),
	PRIMARY KEY (queue_name, unique_key)
);

CREATE INDEX IF NOT EXISTS ikigai_task_key_id ON ikigai_task_key (id);
