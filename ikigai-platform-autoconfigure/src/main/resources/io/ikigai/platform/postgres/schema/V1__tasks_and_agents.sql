-- The tables of the Ikigai Platform on PostgreSQL 14 and later.
--
-- Applied at start in the configured schema. Where the application's role may not create tables, set
-- ikigai.schema.migrate=false and have this file run by one who may:
--   psql "options=-csearch_path=<schema>" -v ON_ERROR_STOP=1 -1 -f V1__tasks_and_agents.sql
-- Every statement leaves alone what is there already, so that existing tables are adopted.

-- The four tables of the contract: any program may read and write these columns with plain SQL.

CREATE TABLE IF NOT EXISTS task_queue (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	queue_name TEXT NOT NULL,
	payload JSONB NOT NULL,
	priority INTEGER DEFAULT 0,
	scheduled_for TIMESTAMPTZ DEFAULT now(),
	claimed_by TEXT,
	claimed_at TIMESTAMPTZ,
	completed_at TIMESTAMPTZ,
	failed_at TIMESTAMPTZ,
	error TEXT,
	created_at TIMESTAMPTZ DEFAULT now()
);

CREATE TABLE IF NOT EXISTS mailbox (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	mailbox_name TEXT NOT NULL,
	sender TEXT NOT NULL,
	payload JSONB NOT NULL,
	created_at TIMESTAMPTZ DEFAULT now(),
	read_at TIMESTAMPTZ,
	read_by TEXT
);

CREATE TABLE IF NOT EXISTS agent_registry (
	name TEXT PRIMARY KEY,
	version TEXT NOT NULL,
	manifest JSONB NOT NULL,
	deployed_at TIMESTAMPTZ,
	status TEXT,
	last_heartbeat TIMESTAMPTZ,
	server TEXT
);

CREATE TABLE IF NOT EXISTS telemetry (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	agent_name TEXT NOT NULL,
	event_type TEXT NOT NULL,
	payload JSONB NOT NULL,
	created_at TIMESTAMPTZ DEFAULT now()
);

-- Task queues: what the platform keeps beside the contract's columns.

ALTER TABLE task_queue
	ADD COLUMN IF NOT EXISTS attempt INTEGER NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS deaths INTEGER NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS max_attempts INTEGER,
	ADD COLUMN IF NOT EXISTS claim_token UUID,
	ADD COLUMN IF NOT EXISTS lease_expires_at TIMESTAMPTZ,
	ADD COLUMN IF NOT EXISTS cancelled_at TIMESTAMPTZ,
	ADD COLUMN IF NOT EXISTS unique_key TEXT,
	ADD COLUMN IF NOT EXISTS headers JSONB,
	ADD COLUMN IF NOT EXISTS result JSONB,
	ADD COLUMN IF NOT EXISTS progress DOUBLE PRECISION,
	ADD COLUMN IF NOT EXISTS progress_note TEXT,
	ADD COLUMN IF NOT EXISTS progress_at TIMESTAMPTZ,
	ADD COLUMN IF NOT EXISTS enqueued_by TEXT;

COMMENT ON COLUMN task_queue.deaths IS 'claims that ended with their worker''s death: counted in attempt too, but no failed attempts';
COMMENT ON COLUMN task_queue.claim_token IS 'fences the claim: fresh with every claim by the platform, null when the task is not in work; null for claims by plain SQL';
COMMENT ON COLUMN task_queue.lease_expires_at IS 'when the claim ends; in no index, so that its extension stays a HOT update';
COMMENT ON COLUMN task_queue.enqueued_by IS 'the agent that enqueued it; null for plain SQL, whose inserts a trigger announces';

-- A claim writes the row anew and a completion does once more: room for more versions than a page has rows keeps
-- completions HOT.
ALTER TABLE task_queue SET (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
	autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = 1000);

-- Adopted rows: a finished task has a claimant, so that no plain-SQL claim picks it up again.
UPDATE task_queue SET claimed_by = 'unknown' WHERE claimed_by IS NULL AND (completed_at IS NOT NULL OR failed_at IS NOT NULL);
UPDATE task_queue SET priority = coalesce(priority, 0), scheduled_for = coalesce(scheduled_for, created_at, now()),
	created_at = coalesce(created_at, now()) WHERE priority IS NULL OR scheduled_for IS NULL OR created_at IS NULL;

-- The claim. Its fourth column lets a claim pass over delayed tasks within the index. No index names completed_at or
-- failed_at: that would take HOT updates from completions.
CREATE INDEX IF NOT EXISTS ikigai_task_queue_ready ON task_queue (queue_name, priority DESC, created_at, scheduled_for)
	WHERE claimed_by IS NULL;

-- When the next delayed task is due. A task that was never delayed is not in it.
CREATE INDEX IF NOT EXISTS ikigai_task_queue_due ON task_queue (queue_name, scheduled_for)
	WHERE claimed_by IS NULL AND scheduled_for > created_at;

CREATE UNIQUE INDEX IF NOT EXISTS ikigai_task_queue_unique ON task_queue (queue_name, unique_key)
	WHERE unique_key IS NOT NULL;

-- Retention finds old tasks by it.
CREATE INDEX IF NOT EXISTS ikigai_task_queue_age ON task_queue USING brin (created_at) WITH (autosummarize = on);

-- Which claims may need a look: one row for the tasks claimed together, so that claims and completions touch no index
-- on the tasks themselves. expires_at is the earliest lease among them as it was at the claim.
CREATE TABLE IF NOT EXISTS ikigai_task_claim (
	token UUID PRIMARY KEY,
	instance_id UUID NOT NULL,
	task_ids UUID[] NOT NULL,
	expires_at TIMESTAMPTZ NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);

CREATE INDEX IF NOT EXISTS ikigai_task_claim_expiry ON ikigai_task_claim (expires_at);

CREATE TABLE IF NOT EXISTS ikigai_queue (
	name TEXT PRIMARY KEY,
	paused_at TIMESTAMPTZ
);

-- A plain-SQL insert wakes who waits for its queue or mailbox: once per transaction and queue, not once per row. The
-- setting holds the transaction and what it has announced. The argument is what the channel's name begins with.
CREATE OR REPLACE FUNCTION ikigai_announce() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	running TEXT := pg_current_xact_id()::text || ':';
	announced TEXT := coalesce(current_setting('ikigai.announced', true), '');
	name TEXT;
	hash TEXT;
	channel TEXT;
	note JSON;
BEGIN
	IF TG_TABLE_NAME = 'task_queue' THEN
		name := NEW.queue_name;
	ELSE
		name := NEW.mailbox_name;
	END IF;
	hash := md5(name);
	IF NOT starts_with(announced, running) OR length(announced) > 8000 THEN
		announced := running;
	END IF;
	IF strpos(announced, ' ' || TG_ARGV[0] || hash) = 0 THEN
		PERFORM set_config('ikigai.announced', announced || ' ' || TG_ARGV[0] || hash, true);
		channel := TG_ARGV[0] || regexp_replace(translate(name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'),
			'[^abcdefghijklmnopqrstuvwxyz0123456789_]', '_', 'g');
		IF length(channel) > 63 THEN
			channel := left(channel, 54) || '_' || left(hash, 8);
		END IF;
		IF TG_TABLE_NAME = 'task_queue' THEN
			note := json_build_object('id', NEW.id, 'priority', NEW.priority);
		ELSE
			note := json_build_object('id', NEW.id);
		END IF;
		PERFORM pg_notify(channel, note::text);
	END IF;
	RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS ikigai_announce ON task_queue;
CREATE TRIGGER ikigai_announce AFTER INSERT ON task_queue FOR EACH ROW
	WHEN (NEW.enqueued_by IS NULL AND NEW.claimed_by IS NULL AND NEW.queue_name <> '') EXECUTE FUNCTION ikigai_announce('');

-- Programs that write every column write nulls too. A null priority would go first and a null time never come. And what
-- the platform does itself when it finishes a task is done for who finishes one with plain SQL.
CREATE OR REPLACE FUNCTION ikigai_tidy_new_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.created_at := coalesce(NEW.created_at, now());
	NEW.scheduled_for := coalesce(NEW.scheduled_for, NEW.created_at);
	NEW.priority := coalesce(NEW.priority, 0);
	IF NEW.completed_at IS NOT NULL OR NEW.failed_at IS NOT NULL THEN
		NEW.unique_key := NULL;
		NEW.claim_token := NULL;
		NEW.lease_expires_at := NULL;
		NEW.claimed_by := coalesce(NEW.claimed_by, current_user);
	END IF;
	RETURN NEW;
END
$$;

DROP TRIGGER IF EXISTS ikigai_tidy_new ON task_queue;
CREATE TRIGGER ikigai_tidy_new BEFORE INSERT ON task_queue FOR EACH ROW
	WHEN (NEW.priority IS NULL OR NEW.scheduled_for IS NULL OR NEW.created_at IS NULL
		OR NEW.completed_at IS NOT NULL OR NEW.failed_at IS NOT NULL)
	EXECUTE FUNCTION ikigai_tidy_new_task();

-- After the update and not before it: a BEFORE trigger, even one whose condition is false, makes every update of the
-- table lock its row first.
CREATE OR REPLACE FUNCTION ikigai_tidy_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('UPDATE %I.%I SET created_at = coalesce(created_at, now()), priority = coalesce(priority, 0),
		scheduled_for = coalesce(scheduled_for, created_at, now()),
		unique_key = CASE WHEN $2 THEN NULL ELSE unique_key END,
		claim_token = CASE WHEN $2 THEN NULL ELSE claim_token END,
		lease_expires_at = CASE WHEN $2 THEN NULL ELSE lease_expires_at END,
		claimed_by = CASE WHEN $2 THEN coalesce(claimed_by, current_user) ELSE claimed_by END
		WHERE id = $1', TG_TABLE_SCHEMA, TG_TABLE_NAME)
		USING NEW.id, NEW.completed_at IS NOT NULL OR NEW.failed_at IS NOT NULL;
	RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS ikigai_tidy ON task_queue;
CREATE TRIGGER ikigai_tidy AFTER UPDATE OF priority, scheduled_for, created_at, completed_at, failed_at ON task_queue
	FOR EACH ROW
	WHEN (NEW.priority IS NULL OR NEW.scheduled_for IS NULL OR NEW.created_at IS NULL
		OR ((NEW.completed_at IS NOT NULL OR NEW.failed_at IS NOT NULL)
			AND (NEW.unique_key IS NOT NULL OR NEW.claim_token IS NOT NULL OR NEW.claimed_by IS NULL)))
	EXECUTE FUNCTION ikigai_tidy_task();

-- Agents: one row per running process. lock_key names the advisory lock that its LISTEN connection holds, once
-- notifications were seen to arrive; died_at is set when that lock was found free.
CREATE TABLE IF NOT EXISTS ikigai_agent_instance (
	id UUID PRIMARY KEY,
	agent_name TEXT NOT NULL,
	server TEXT NOT NULL,
	status TEXT NOT NULL,
	lock_key BIGINT,
	started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
	last_heartbeat TIMESTAMPTZ NOT NULL DEFAULT now(),
	died_at TIMESTAMPTZ
);

CREATE INDEX IF NOT EXISTS ikigai_agent_instance_agent ON ikigai_agent_instance (agent_name);

-- Spring Integration's lock registry: who sweeps.
CREATE TABLE IF NOT EXISTS ikigai_lock (
	lock_key CHAR(36) NOT NULL,
	region VARCHAR(100) NOT NULL,
	client_id CHAR(36),
	created_date TIMESTAMP NOT NULL,
	expired_after TIMESTAMP NOT NULL,
	PRIMARY KEY (lock_key, region)
);
