package io.ikigai.benchmarks.service;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import javax.sql.DataSource;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.ikigai.platform.cache.Cache;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;

/**
 * Caches with 20,000 values of 195 characters.
 */
public final class CacheContestants implements AutoCloseable {

	private static final int KEYS = 20_000;

	private static final int READS_AT_ONCE = 100;

	private static final String VALUE = "z".repeat(195);

	private static final String REGION = "benchmark";

	private static final String NEAR = "benchmark-near";

	private final ServiceApplication application;

	private final String[] keys = new String[KEYS];

	/**
	 * Starts the application and fills the cache.
	 * @param url the database
	 * @param arguments properties of the platform
	 */
	public CacheContestants(String url, String[] arguments) {
		String near = "ikigai.cache.regions." + NEAR + ".near.";
		this.application = ServiceApplication.start(url, arguments,
				Map.of(near + "max-size", 2 * KEYS, near + "max-staleness", "10m"));
		for (int i = 0; i < KEYS; i++) {
			this.keys[i] = "key-" + i;
			cache(REGION).set(this.keys[i], VALUE);
			cache(REGION).set("record-" + i, Reading.of(i));
		}
		this.application.jdbc().execute("VACUUM ANALYZE ikigai_cache");
	}

	private Cache cache(String region) {
		return this.application.platform().cache(region);
	}

	private String key() {
		return this.keys[ThreadLocalRandom.current().nextInt(KEYS)];
	}

	/**
	 * Reads through the platform.
	 * @param threads in how many threads
	 * @return reads per second
	 * @throws Exception if it fails
	 */
	public double get(int threads) throws Exception {
		Cache cache = cache(REGION);
		return Throughput.perSecond(threads, () -> cache.get(key(), String.class).orElseThrow());
	}

	/**
	 * Reads records through the platform.
	 * @param threads in how many threads
	 * @return reads per second
	 * @throws Exception if it fails
	 */
	public double getRecord(int threads) throws Exception {
		Cache cache = cache(REGION);
		return Throughput.perSecond(threads,
				() -> cache.get("record-" + ThreadLocalRandom.current().nextInt(KEYS), Reading.class).orElseThrow());
	}

	/**
	 * Reads by the primary key, over the same pool.
	 * @param threads in how many threads
	 * @return reads per second
	 * @throws Exception if it fails
	 */
	public double select(int threads) throws Exception {
		DataSource pool = this.application.pool();
		return Throughput.perSecond(threads, () -> {
			try (Connection connection = pool.getConnection();
					PreparedStatement statement = connection
						.prepareStatement("SELECT value FROM ikigai_cache WHERE region = ? AND key = ?")) {
				statement.setString(1, REGION);
				statement.setString(2, key());
				try (ResultSet row = statement.executeQuery()) {
					row.next();
					row.getString(1);
				}
			}
		});
	}

	/**
	 * Writes through the platform.
	 * @param threads in how many threads
	 * @return writes per second
	 * @throws Exception if it fails
	 */
	public double set(int threads) throws Exception {
		Cache cache = cache(REGION);
		return Throughput.perSecond(threads, () -> cache.set(key(), VALUE));
	}

	/**
	 * Writes by an upsert, over the same pool.
	 * @param threads in how many threads
	 * @return writes per second
	 * @throws Exception if it fails
	 */
	public double upsert(int threads) throws Exception {
		DataSource pool = this.application.pool();
		return Throughput.perSecond(threads, () -> {
			try (Connection connection = pool.getConnection();
					PreparedStatement statement = connection.prepareStatement("""
							INSERT INTO ikigai_cache (region, key, value) VALUES (?, ?, ?::jsonb)
							ON CONFLICT (region, key) DO UPDATE SET value = excluded.value""")) {
				statement.setString(1, REGION);
				statement.setString(2, key());
				statement.setString(3, '"' + VALUE + '"');
				statement.executeUpdate();
			}
		});
	}

	/**
	 * Reads from, or writes to, Redis by Lettuce's synchronous commands.
	 * @param server the server
	 * @param threads in how many threads
	 * @param writing whether to write
	 * @return commands per second
	 * @throws Exception if it fails
	 */
	public double redis(PeerServer server, int threads, boolean writing) throws Exception {
		try (RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", server.port()));
				StatefulRedisConnection<String, String> connection = client.connect()) {
			RedisCommands<String, String> commands = connection.sync();
			for (String key : this.keys) {
				connection.async().set(key, VALUE);
			}
			commands.ping();
			return Throughput.perSecond(threads,
					writing ? () -> commands.set(key(), VALUE) : () -> commands.get(key()).length());
		}
	}

	/**
	 * Reads values that are near.
	 * @param threads in how many threads
	 * @return reads per second
	 * @throws Exception if it fails
	 */
	public double near(int threads) throws Exception {
		Cache cache = cache(NEAR);
		for (String key : this.keys) {
			if (cache.get(key, String.class).isEmpty()) {
				cache.set(key, VALUE);
				cache.get(key, String.class);
			}
		}
		return READS_AT_ONCE * Throughput.perSecond(threads, () -> {
			for (int i = 0; i < READS_AT_ONCE; i++) {
				cache.get(key(), String.class).orElseThrow();
			}
		});
	}

	/**
	 * Reads from Caffeine, bounded by size and time as the near cache is.
	 * @param threads in how many threads
	 * @return reads per second
	 * @throws Exception if it fails
	 */
	public double caffeine(int threads) throws Exception {
		com.github.benmanes.caffeine.cache.Cache<String, String> cache = Caffeine.newBuilder()
			.maximumSize(2 * KEYS)
			.expireAfterWrite(Duration.ofMinutes(10))
			.build();
		for (String key : this.keys) {
			cache.put(key, VALUE);
		}
		return READS_AT_ONCE * Throughput.perSecond(threads, () -> {
			for (int i = 0; i < READS_AT_ONCE; i++) {
				if (cache.getIfPresent(key()) == null) {
					throw new IllegalStateException("A value is gone");
				}
			}
		});
	}

	@Override
	public void close() {
		this.application.close();
	}

}
