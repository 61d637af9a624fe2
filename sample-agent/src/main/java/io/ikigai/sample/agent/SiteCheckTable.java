package io.ikigai.sample.agent;

import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The outcomes, one row a task, in the agent's own table.
 */
@Repository
class SiteCheckTable {

	private static final String INSERT = """
			INSERT INTO site_check (task_id, url, state, reason, status, millis, certificate_expiry)
			VALUES (:taskId, :url, :state, :reason, :status, :millis, :certificateExpiry)""";

	private final JdbcClient jdbc;

	SiteCheckTable(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	void add(UUID taskId, URI url, CheckOutcome outcome) {
		this.jdbc.sql(INSERT)
			.param("taskId", taskId)
			.param("url", url.toString())
			.param("state", outcome.state())
			.param("reason", outcome.reason())
			.param("status", outcome.status())
			.param("millis", outcome.millis())
			.param("certificateExpiry", timestamp(outcome.certificateExpiry()))
			.update();
	}

	private static @Nullable OffsetDateTime timestamp(@Nullable Instant instant) {
		return (instant != null) ? instant.atOffset(ZoneOffset.UTC) : null;
	}

}
