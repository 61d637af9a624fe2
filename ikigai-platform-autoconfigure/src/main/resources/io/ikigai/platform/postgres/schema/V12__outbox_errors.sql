-- What cannot be read, or is refused for good, stays in the outbox with the reason and holds nothing up. It is deleted with
-- failed tasks, or by hand; to have it sent again, correct it and set both columns to null.
ALTER TABLE ikigai_outbox ADD COLUMN IF NOT EXISTS error TEXT, ADD COLUMN IF NOT EXISTS failed_at TIMESTAMPTZ;

COMMENT ON COLUMN ikigai_outbox.error IS 'why it cannot be sent; null for what is yet to be sent';
COMMENT ON COLUMN ikigai_outbox.failed_at IS 'when that was found';
