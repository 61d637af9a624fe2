-- Rows that plain SQL has written are read one by one, whatever is in them.

-- The platform's own columns stay in range: arithmetic on them cannot overflow, and a row that is out of range is refused
-- when it is written. What is there already is put in range first.
DO $$
BEGIN
	LOCK TABLE task_queue, mailbox IN SHARE ROW EXCLUSIVE MODE;

	UPDATE task_queue SET attempt = least(greatest(attempt, 0), 1000000000), deaths = least(greatest(deaths, 0), 1000000000),
		max_attempts = greatest(max_attempts, 1), progress = least(greatest(progress, 0), 1)
		WHERE attempt NOT BETWEEN 0 AND 1000000000 OR deaths NOT BETWEEN 0 AND 1000000000
			OR max_attempts < 1 OR progress NOT BETWEEN 0 AND 1;

	ALTER TABLE task_queue DROP CONSTRAINT IF EXISTS ikigai_task_queue_ranges;
	ALTER TABLE task_queue ADD CONSTRAINT ikigai_task_queue_ranges CHECK (attempt BETWEEN 0 AND 1000000000
		AND deaths BETWEEN 0 AND 1000000000 AND (max_attempts IS NULL OR max_attempts >= 1)
		AND (progress IS NULL OR progress BETWEEN 0 AND 1));

	UPDATE mailbox SET attempt = least(greatest(attempt, 0), 1000000000), failures = least(greatest(failures, 0), 1000000000)
		WHERE attempt NOT BETWEEN 0 AND 1000000000 OR failures NOT BETWEEN 0 AND 1000000000;

	ALTER TABLE mailbox DROP CONSTRAINT IF EXISTS ikigai_mailbox_ranges;
	ALTER TABLE mailbox ADD CONSTRAINT ikigai_mailbox_ranges CHECK (attempt BETWEEN 0 AND 1000000000
		AND failures BETWEEN 0 AND 1000000000);
END
$$;

-- The text of a JSON value, or an empty one where it is larger than most bytes or than the server can show: a number of nine
-- bytes may have 131,072 digits.
CREATE OR REPLACE FUNCTION ikigai_text(value JSONB, most INTEGER) RETURNS TEXT LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
	shown TEXT;
BEGIN
	shown := value::text;
	IF octet_length(shown) > most THEN
		RETURN '';
	END IF;
	RETURN shown;
EXCEPTION WHEN program_limit_exceeded OR out_of_memory OR internal_error OR statement_too_complex THEN
	RETURN '';
END
$$;
