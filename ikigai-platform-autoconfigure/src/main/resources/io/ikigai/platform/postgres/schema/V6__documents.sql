-- Documents. Names and ids are ordered by code point, so that pages do not depend on the server's collation.

-- The words of all text in a document. A tsvector holds 1 MB: of a document that has more, what comes first is indexed.
CREATE OR REPLACE FUNCTION ikigai_document_words(language TEXT, document JSONB) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	words TEXT;
BEGIN
	IF length(document::text) < 50000 THEN
		RETURN jsonb_to_tsvector(language::regconfig, document, '["string"]');
	END IF;
	SELECT coalesce(string_agg(part #>> '{}', E'\n' ORDER BY position), '') INTO words
	FROM jsonb_path_query(document, 'strict $.**') WITH ORDINALITY AS parts(part, position)
	WHERE jsonb_typeof(part) = 'string';
	LOOP
		BEGIN
			RETURN to_tsvector(language::regconfig, words);
		EXCEPTION WHEN program_limit_exceeded THEN
			words := left(words, length(words) / 2);
		END;
	END LOOP;
END $$;

CREATE TABLE IF NOT EXISTS ikigai_document (
	collection TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	value JSONB NOT NULL,
	version BIGINT NOT NULL DEFAULT 1,
	created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
	updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
	language TEXT NOT NULL DEFAULT 'english',
	text_search TSVECTOR GENERATED ALWAYS AS (ikigai_document_words(language, value)) STORED,
	PRIMARY KEY (collection, id)
);

COMMENT ON COLUMN ikigai_document.language IS 'the text search configuration that text_search was made with';

CREATE INDEX IF NOT EXISTS ikigai_document_value ON ikigai_document USING gin (value jsonb_path_ops);

CREATE INDEX IF NOT EXISTS ikigai_document_text ON ikigai_document USING gin (text_search);
