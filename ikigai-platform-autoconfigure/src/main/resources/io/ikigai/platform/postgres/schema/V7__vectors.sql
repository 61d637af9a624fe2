-- Vectors of documents, of length 1, so that the inner product of two is the cosine. The same with and without pgvector,
-- whose index is on an expression: an installation may get the extension later.

CREATE TABLE IF NOT EXISTS ikigai_document_vector (
	collection TEXT COLLATE "C" NOT NULL,
	id TEXT COLLATE "C" NOT NULL,
	embedding REAL[] NOT NULL,
	size INTEGER NOT NULL GENERATED ALWAYS AS (cardinality(embedding)) STORED,
	PRIMARY KEY (collection, id),
	FOREIGN KEY (collection, id) REFERENCES ikigai_document (collection, id) ON DELETE CASCADE
);

-- Compressing them would cost time and win nothing.
ALTER TABLE ikigai_document_vector ALTER COLUMN embedding SET STORAGE EXTERNAL;

-- The cosine of two vectors of length 1, where pgvector is not there to compute it.
CREATE OR REPLACE FUNCTION ikigai_inner_product(a REAL[], b REAL[]) RETURNS DOUBLE PRECISION
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
	product DOUBLE PRECISION := 0;
BEGIN
	FOR i IN 1..cardinality(a) LOOP
		product := product + a[i]::double precision * b[i];
	END LOOP;
	RETURN product;
END $$;

-- The messages of conversations with language models. What a conversation no longer remembers is marked, not deleted.
CREATE TABLE IF NOT EXISTS ikigai_chat_message (
	conversation TEXT COLLATE "C" NOT NULL,
	position BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY,
	message JSONB NOT NULL,
	created_at TIMESTAMPTZ NOT NULL DEFAULT statement_timestamp(),
	forgotten_at TIMESTAMPTZ,
	PRIMARY KEY (conversation, position)
);

CREATE INDEX IF NOT EXISTS ikigai_chat_message_remembered ON ikigai_chat_message (conversation, position)
	WHERE forgotten_at IS NULL;
