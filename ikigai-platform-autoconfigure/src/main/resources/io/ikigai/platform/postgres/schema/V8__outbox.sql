-- What transactions leave behind for services on other backends. Messages are sent in the order of their positions for
-- each service, and deleted; a process that died leaves its own to another one.

CREATE TABLE IF NOT EXISTS ikigai_outbox (
	position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	service TEXT NOT NULL,
	sender UUID NOT NULL,
	destination TEXT NOT NULL,
	id UUID NOT NULL,
	body TEXT NOT NULL,
	created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX IF NOT EXISTS ikigai_outbox_sender ON ikigai_outbox (service, sender, position);

COMMENT ON COLUMN ikigai_outbox.sender IS 'the process that sends it: ikigai_agent_instance.id';
COMMENT ON COLUMN ikigai_outbox.id IS 'the id that it bears at its destination, also when it is sent twice';

-- Tasks and messages of other backends that a transaction has settled. The backend is told after the commit; when it hands
-- one out again because it was not told, this is looked up.
CREATE TABLE IF NOT EXISTS ikigai_settlement (
	id UUID PRIMARY KEY,
	token UUID NOT NULL,
	outcome TEXT NOT NULL,
	last BOOLEAN NOT NULL,
	settled_at TIMESTAMPTZ NOT NULL DEFAULT statement_timestamp()
);
