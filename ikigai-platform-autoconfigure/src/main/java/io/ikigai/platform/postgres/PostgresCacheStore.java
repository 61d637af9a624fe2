package io.ikigai.platform.postgres;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Types;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

import io.ikigai.platform.cache.CacheLoads;
import io.ikigai.platform.cache.NearCacheStore;
import io.ikigai.platform.transaction.CallerTransactions;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Cached values in {@code ikigai_cache}. One statement each; inside a transaction they
 * belong to it. Statements that write both tables lock the running load first, then the
 * value, so that they never wait for each other in a circle.
 */
final class PostgresCacheStore implements NearCacheStore {

	private static final String LIVE = "(expires_at IS NULL OR expires_at > statement_timestamp())";

	private static final String EXPIRY = "statement_timestamp() + make_interval(secs => CAST(:ttl AS float8))";

	private final JdbcTemplate template;

	private final JdbcClient jdbc;

	private final String get;

	private final String set;

	private final Schema schema;

	private final CacheLoads loads;

	private final CacheChanges changes;

	PostgresCacheStore(JdbcTemplate jdbc, CallerTransactions transactions, Schema schema, CacheChanges changes) {
		this.template = jdbc;
		this.jdbc = JdbcClient.create(jdbc);
		// Ready for use: on the way of a read, even replacing a name in a text counts
		this.get = schema.sql("SELECT value FROM {schema}.ikigai_cache WHERE region = ? AND key = ? AND " + LIVE);
		this.set = schema.sql("""
				INSERT INTO {schema}.ikigai_cache (region, key, value, expires_at)
				VALUES (?, ?, CAST(? AS jsonb), %s)
				ON CONFLICT (region, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at"""
			.formatted(EXPIRY.replace(":ttl", "?")));
		this.schema = schema;
		this.loads = transactions.guard(new PostgresCacheLoads(jdbc, schema));
		this.changes = changes;
	}

	private JdbcClient.StatementSpec sql(String text, String region) {
		return this.jdbc.sql(this.schema.sql(text)).param("region", region);
	}

	private static @Nullable Double seconds(@Nullable Duration ttl) {
		return (ttl != null) ? PostgresTaskStore.seconds(ttl) : null;
	}

	@Override
	public Optional<String> get(String region, String key) {
		Optional<String> value = this.template.execute(this.get, (PreparedStatement statement) -> {
			statement.setString(1, region);
			statement.setString(2, key);
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
			}
		});
		return Objects.requireNonNull(value);
	}

	@Override
	public Map<String, String> getAll(String region, Collection<String> keys) {
		Map<String, String> values = new LinkedHashMap<>();
		sql("SELECT key, value FROM {schema}.ikigai_cache WHERE region = :region AND key = ANY(:keys) AND " + LIVE,
				region)
			.param("keys", keys.toArray(String[]::new))
			.query((row) -> {
				values.put(row.getString("key"), row.getString("value"));
			});
		return values;
	}

	@Override
	public Map<String, Remaining> getRemaining(String region, Collection<String> keys) {
		Map<String, Remaining> values = new LinkedHashMap<>();
		sql("""
				SELECT key, value, CAST(floor(EXTRACT(EPOCH FROM expires_at - statement_timestamp()) * 1000) AS bigint)
					AS left_millis
				FROM {schema}.ikigai_cache WHERE region = :region AND key = ANY(:keys) AND """ + LIVE, region)
			.param("keys", keys.toArray(String[]::new))
			.query((row) -> {
				Long left = row.getObject("left_millis", Long.class);
				values.put(row.getString("key"),
						new Remaining(row.getString("value"), (left != null) ? Duration.ofMillis(left) : null));
			});
		return values;
	}

	@Override
	public void announce(String region, @Nullable String key) {
		this.changes.announce(region, key);
	}

	@Override
	public AutoCloseable listen(Changes listener) {
		return this.changes.listen(listener);
	}

	@Override
	public void set(String region, String key, String json, @Nullable Duration ttl) {
		this.template.execute(this.set, (PreparedStatement statement) -> {
			statement.setString(1, region);
			statement.setString(2, key);
			statement.setString(3, json);
			statement.setObject(4, seconds(ttl), Types.DOUBLE);
			return statement.executeUpdate();
		});
	}

	@Override
	public boolean setIfAbsent(String region, String key, String json, Duration ttl) {
		return sql("""
				INSERT INTO {schema}.ikigai_cache AS present (region, key, value, expires_at)
				VALUES (:region, :key, CAST(:json AS jsonb), %s)
				ON CONFLICT (region, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
				WHERE present.expires_at <= statement_timestamp()""".formatted(EXPIRY), region).param("key", key)
			.param("json", json)
			.param("ttl", seconds(ttl))
			.update() == 1;
	}

	@Override
	public boolean delete(String region, String key) {
		List<Boolean> deleted = sql("""
				WITH stopped AS (
					DELETE FROM {schema}.ikigai_cache_load WHERE region = :region AND key = :key RETURNING 1)
				DELETE FROM {schema}.ikigai_cache
				WHERE region = :region AND key = :key AND (SELECT count(*) FROM stopped) >= 0
				RETURNING %s""".formatted(LIVE), region).param("key", key).query(Boolean.class).list();
		return deleted.contains(true);
	}

	@Override
	public OptionalLong increment(String region, String key, long delta, @Nullable Duration ttl) {
		List<Long> sum = sql("""
				INSERT INTO {schema}.ikigai_cache AS present (region, key, value, expires_at)
				VALUES (:region, :key, to_jsonb(CAST(:delta AS bigint)), %s)
				ON CONFLICT (region, key) DO UPDATE SET
					value = CASE WHEN present.expires_at <= statement_timestamp() THEN excluded.value
						ELSE to_jsonb(trunc(CAST(present.value AS numeric)) + CAST(:delta AS bigint)) END,
					expires_at = CASE WHEN present.expires_at <= statement_timestamp() THEN excluded.expires_at
						ELSE present.expires_at END
				WHERE CASE
					WHEN present.expires_at <= statement_timestamp() THEN true
					WHEN jsonb_typeof(present.value) <> 'number' THEN false
					ELSE CAST(present.value AS numeric) % 1 = 0
						AND CAST(present.value AS numeric) + CAST(:delta AS bigint)
							BETWEEN -9223372036854775808 AND 9223372036854775807 END
				RETURNING CAST(value AS bigint)""".replace("%s", EXPIRY), region).param("key", key)
			.param("delta", delta)
			.param("ttl", seconds(ttl))
			.query(Long.class)
			.list();
		return sum.isEmpty() ? OptionalLong.empty() : OptionalLong.of(sum.get(0));
	}

	@Override
	public void clear(String region) {
		sql("""
				WITH stopped AS (DELETE FROM {schema}.ikigai_cache_load WHERE region = :region RETURNING 1)
				DELETE FROM {schema}.ikigai_cache WHERE region = :region AND (SELECT count(*) FROM stopped) >= 0""",
				region)
			.update();
	}

	@Override
	public CacheLoads loads() {
		return this.loads;
	}

}
