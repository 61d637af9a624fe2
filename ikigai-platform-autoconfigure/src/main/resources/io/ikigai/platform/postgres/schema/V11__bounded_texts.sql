-- The text of a JSON value that plain SQL may have written, or an empty one where it is larger than most bytes. How long its
-- numbers are is found out before any is written, and as soon as they are too long together: to write what has as many digits
-- as the server can hold takes seconds, and a program may insert many such rows.
CREATE OR REPLACE FUNCTION ikigai_bounded_text(value JSONB, most INTEGER) RETURNS TEXT LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
	whole JSONB;
	number NUMERIC;
	digits BIGINT := 0;
	shown TEXT;
BEGIN
	-- A text is a sixth as long as what is stored, or longer; this is its size without compression
	whole := jsonb_path_query_first(value, 'strict $');
	IF pg_column_size(whole) > 8 * most::bigint THEN
		RETURN '';
	END IF;
	FOR number IN SELECT jsonb_path_query(whole, 'strict $.** ? (@.type() == "number")')::numeric LOOP
		digits := digits + scale(number) + CASE WHEN abs(number) < 1e40 THEN 0 WHEN abs(number) < 1e400 THEN 40
			WHEN abs(number) < 1e4000 THEN 400 WHEN abs(number) < 1e40000 THEN 4000 ELSE 40000 END;
		IF digits > most THEN
			RETURN '';
		END IF;
	END LOOP;
	shown := whole::text;
	IF octet_length(shown) > most THEN
		RETURN '';
	END IF;
	RETURN shown;
EXCEPTION WHEN program_limit_exceeded OR out_of_memory OR internal_error OR statement_too_complex THEN
	RETURN '';
END
$$;
