-- Mailboxes: what the platform keeps beside the contract's columns.

-- The order of a mailbox: what one transaction sends shares its created_at.
ALTER TABLE mailbox
	ADD COLUMN IF NOT EXISTS position BIGINT GENERATED ALWAYS AS IDENTITY,
	ADD COLUMN IF NOT EXISTS attempt INTEGER NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS failures INTEGER NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS receipt UUID,
	ADD COLUMN IF NOT EXISTS error TEXT,
	ADD COLUMN IF NOT EXISTS headers JSONB,
	ADD COLUMN IF NOT EXISTS reply_to TEXT,
	ADD COLUMN IF NOT EXISTS correlation_id TEXT,
	ADD COLUMN IF NOT EXISTS sent_by TEXT;

COMMENT ON COLUMN mailbox.attempt IS 'how often it was handed out';
COMMENT ON COLUMN mailbox.failures IS 'hand-outs that came to nothing while it was the first one due; those of later messages do not count';
COMMENT ON COLUMN mailbox.receipt IS 'fences the acknowledgement: fresh with every hand-out, null when it is not handed out';
COMMENT ON COLUMN mailbox.error IS 'why it was given up';
COMMENT ON COLUMN mailbox.sent_by IS 'the agent that sent it through the platform; null for plain SQL, whose inserts a trigger announces';

CREATE INDEX IF NOT EXISTS ikigai_mailbox_unread ON mailbox (mailbox_name, position) WHERE read_at IS NULL;

CREATE INDEX IF NOT EXISTS ikigai_mailbox_handed_out ON mailbox (mailbox_name, position)
	WHERE read_at IS NULL AND receipt IS NOT NULL;

-- Retention finds read messages by it.
CREATE INDEX IF NOT EXISTS ikigai_mailbox_read ON mailbox (read_at) WHERE read_at IS NOT NULL;

-- And replies to processes that are gone.
CREATE INDEX IF NOT EXISTS ikigai_mailbox_reply ON mailbox (created_at)
	WHERE starts_with(mailbox_name, 'ikigai-reply-') AND read_at IS NULL;

-- Which process received last. It holds the mailbox while messages are handed out, until the lease ends.
CREATE TABLE IF NOT EXISTS ikigai_mailbox_consumer (
	mailbox_name TEXT PRIMARY KEY,
	instance_id UUID NOT NULL,
	lease_expires_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX IF NOT EXISTS ikigai_mailbox_consumer_instance ON ikigai_mailbox_consumer (instance_id);

-- A plain-SQL insert wakes who waits for the mailbox: once per transaction and mailbox, as ikigai_announce_task does.
CREATE OR REPLACE FUNCTION ikigai_announce_message() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	running TEXT := pg_current_xact_id()::text || ':';
	announced TEXT := coalesce(current_setting('ikigai.announced_mailboxes', true), '');
	mailbox TEXT := md5(NEW.mailbox_name);
	channel TEXT;
BEGIN
	IF NOT starts_with(announced, running) OR length(announced) > 8000 THEN
		announced := running;
	END IF;
	IF strpos(announced, mailbox) = 0 THEN
		PERFORM set_config('ikigai.announced_mailboxes', announced || mailbox || ' ', true);
		channel := 'mailbox_' || regexp_replace(
			translate(NEW.mailbox_name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'),
			'[^abcdefghijklmnopqrstuvwxyz0123456789_]', '_', 'g');
		IF length(channel) > 63 THEN
			channel := left(channel, 54) || '_' || left(mailbox, 8);
		END IF;
		PERFORM pg_notify(channel, json_build_object('id', NEW.id)::text);
	END IF;
	RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS ikigai_announce ON mailbox;
CREATE TRIGGER ikigai_announce AFTER INSERT ON mailbox FOR EACH ROW
	WHEN (NEW.sent_by IS NULL AND NEW.read_at IS NULL) EXECUTE FUNCTION ikigai_announce_message();
