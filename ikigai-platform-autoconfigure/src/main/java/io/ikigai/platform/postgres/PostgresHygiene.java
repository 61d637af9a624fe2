package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.ikigai.platform.DatabaseHygiene;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Looks into PostgreSQL's statistics.
 */
final class PostgresHygiene implements DatabaseHygiene {

	private final JdbcClient jdbc;

	private final Schema schema;

	PostgresHygiene(JdbcTemplate jdbc, Schema schema) {
		this.jdbc = JdbcClient.create(jdbc);
		this.schema = schema;
	}

	@Override
	public Findings findings() {
		Map<String, Double> dead = new HashMap<>();
		this.jdbc.sql("""
				SELECT relname, n_dead_tup::float8 / greatest(n_live_tup + n_dead_tup, 1) AS dead
				FROM pg_stat_user_tables
				WHERE schemaname = ? AND relname IN ('task_queue', 'mailbox', 'ikigai_task_claim', 'ikigai_cache')""")
			.param(this.schema.name())
			.query((row) -> {
				dead.put(row.getString("relname"), row.getDouble("dead"));
			});
		return this.jdbc
			.sql("""
					SELECT pg_notification_queue_usage() AS queue, oldest.pid, oldest.seconds
					FROM (SELECT) AS once LEFT JOIN (
						SELECT pid, extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds FROM pg_stat_activity
						WHERE datname = current_database() AND xact_start IS NOT NULL AND backend_type = 'client backend'
							AND pid <> pg_backend_pid()
						ORDER BY xact_start LIMIT 1) AS oldest ON true""")
			.query((row, number) -> {
				double seconds = row.getDouble("seconds");
				Duration oldest = row.wasNull() ? null : Duration.ofMillis(Math.round(seconds * 1000));
				return new Findings(oldest, (Integer) row.getObject("pid"), row.getDouble("queue"), dead);
			})
			.single();
	}

}
