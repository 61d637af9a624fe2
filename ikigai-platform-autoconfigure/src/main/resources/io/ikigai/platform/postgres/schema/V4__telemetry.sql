-- Telemetry on PostgreSQL 14 and later: what its queries need beside the contract's table. Every statement leaves alone
-- what is there already. Plain SQL may write null as the time; such an event comes last until the sweep sets its time.

CREATE INDEX IF NOT EXISTS ikigai_telemetry_time ON telemetry (created_at DESC NULLS LAST, id DESC);

CREATE INDEX IF NOT EXISTS ikigai_telemetry_type ON telemetry (event_type, created_at DESC NULLS LAST, id DESC);

CREATE INDEX IF NOT EXISTS ikigai_telemetry_agent ON telemetry (agent_name, event_type, created_at DESC NULLS LAST, id DESC);
