-- The cache. Unlogged: it costs no WAL, and is empty after a crash of the server. No index names expires_at, so that
-- setting a value again is a HOT update; the sweep reads the table.

CREATE UNLOGGED TABLE IF NOT EXISTS ikigai_cache (
	region TEXT NOT NULL,
	key TEXT NOT NULL,
	value JSONB NOT NULL,
	expires_at TIMESTAMPTZ,
	PRIMARY KEY (region, key)
) WITH (fillfactor = 70);

-- Loads that run: who loads which value, and until when the others wait for it.
CREATE UNLOGGED TABLE IF NOT EXISTS ikigai_cache_load (
	region TEXT NOT NULL,
	key TEXT NOT NULL,
	token UUID NOT NULL,
	loading_until TIMESTAMPTZ NOT NULL,
	PRIMARY KEY (region, key)
) WITH (fillfactor = 70);
