package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.Collection;
import java.util.UUID;

import io.ikigai.platform.cache.CacheLoads;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Running loads in {@code ikigai_cache_load}, each with a lease: no connection is held
 * while a loader runs, and the load of a process that died ends by itself.
 */
final class PostgresCacheLoads implements CacheLoads {

	private final JdbcClient jdbc;

	private final Schema schema;

	PostgresCacheLoads(JdbcTemplate jdbc, Schema schema) {
		this.jdbc = JdbcClient.create(jdbc);
		this.schema = schema;
	}

	private JdbcClient.StatementSpec sql(String text) {
		return this.jdbc.sql(this.schema.sql(text));
	}

	@Override
	public boolean begin(String region, String key, UUID token, Duration lease) {
		return sql("""
				INSERT INTO {schema}.ikigai_cache_load AS present (region, key, token, loading_until)
				VALUES (?, ?, ?, statement_timestamp() + make_interval(secs => ?))
				ON CONFLICT (region, key) DO UPDATE SET token = excluded.token, loading_until = excluded.loading_until
				WHERE present.loading_until <= statement_timestamp()""")
			.params(region, key, token, PostgresTaskStore.seconds(lease))
			.update() == 1;
	}

	// A load that a transaction is deleting is not waited for: the others' leases would
	// end meanwhile.
	@Override
	public void extend(Collection<UUID> tokens, Duration lease) {
		sql("""
				UPDATE {schema}.ikigai_cache_load
				SET loading_until = statement_timestamp() + make_interval(secs => ?)
				WHERE ctid = ANY(ARRAY(SELECT ctid FROM {schema}.ikigai_cache_load WHERE token = ANY(?)
					FOR UPDATE SKIP LOCKED))""").params(PostgresTaskStore.seconds(lease), tokens.toArray(UUID[]::new))
			.update();
	}

	@Override
	public void keep(String region, String key, UUID token, String json, Duration ttl) {
		sql("""
				WITH ended AS (
					DELETE FROM {schema}.ikigai_cache_load WHERE region = ? AND key = ? AND token = ?
					RETURNING region, key)
				INSERT INTO {schema}.ikigai_cache AS present (region, key, value, expires_at)
				SELECT region, key, CAST(? AS jsonb), statement_timestamp() + make_interval(secs => ?) FROM ended
				ON CONFLICT (region, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
				WHERE present.expires_at <= statement_timestamp()""")
			.params(region, key, token, json, PostgresTaskStore.seconds(ttl))
			.update();
	}

	@Override
	public void abandon(String region, String key, UUID token) {
		sql("DELETE FROM {schema}.ikigai_cache_load WHERE region = ? AND key = ? AND token = ?")
			.params(region, key, token)
			.update();
	}

}
