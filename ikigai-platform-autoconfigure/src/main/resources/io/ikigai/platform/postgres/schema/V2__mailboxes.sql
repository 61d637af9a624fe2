-- Mailboxes: what the platform keeps beside the contract's columns.

-- The order of a mailbox: what one transaction sends shares its created_at. Adopted rows are ordered by it all the same:
-- nothing else is known about them.
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'mailbox'::regclass AND attname = 'position'
			AND NOT attisdropped) THEN
		ALTER TABLE mailbox ADD COLUMN position BIGINT;
		UPDATE mailbox SET position = ordered.number FROM (
			SELECT id, row_number() OVER (ORDER BY created_at NULLS FIRST, id) AS number FROM mailbox) ordered
			WHERE mailbox.id = ordered.id;
		ALTER TABLE mailbox ALTER COLUMN position SET NOT NULL,
			ALTER COLUMN position ADD GENERATED ALWAYS AS IDENTITY;
		PERFORM setval(pg_get_serial_sequence('mailbox', 'position'),
			(SELECT coalesce(max(position), 0) + 1 FROM mailbox), false);
	END IF;
END
$$;

ALTER TABLE mailbox
	ADD COLUMN IF NOT EXISTS attempt INTEGER NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS failures INTEGER NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS receipt UUID,
	ADD COLUMN IF NOT EXISTS due_at TIMESTAMPTZ,
	ADD COLUMN IF NOT EXISTS error TEXT,
	ADD COLUMN IF NOT EXISTS headers JSONB,
	ADD COLUMN IF NOT EXISTS reply_to TEXT,
	ADD COLUMN IF NOT EXISTS correlation_id TEXT,
	ADD COLUMN IF NOT EXISTS sent_by TEXT;

COMMENT ON COLUMN mailbox.attempt IS 'how often it was handed out';
COMMENT ON COLUMN mailbox.failures IS 'hand-outs that came to nothing while it was the first one due; those of later messages do not count';
COMMENT ON COLUMN mailbox.receipt IS 'fences the acknowledgement: fresh with every hand-out, null when it is not handed out';
COMMENT ON COLUMN mailbox.due_at IS 'until when a failed attempt keeps it, and what comes after it, from being handed out; null when it is';
COMMENT ON COLUMN mailbox.error IS 'why it was given up, or why the last attempt failed';
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

-- A plain-SQL insert wakes who waits for the mailbox.
DROP TRIGGER IF EXISTS ikigai_announce ON mailbox;
CREATE TRIGGER ikigai_announce AFTER INSERT ON mailbox FOR EACH ROW
	WHEN (NEW.sent_by IS NULL AND NEW.read_at IS NULL) EXECUTE FUNCTION ikigai_announce('mailbox_');
