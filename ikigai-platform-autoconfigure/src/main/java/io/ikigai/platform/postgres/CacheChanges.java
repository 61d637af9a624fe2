package io.ikigai.platform.postgres;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.cache.NearCacheStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Tells processes of each other's changes to the cache, over one channel. While one
 * statement is under way, further changes gather for the next, one notification per
 * region: its keys, or where they are too many the region alone, which means all of it.
 */
final class CacheChanges implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(CacheChanges.class);

	private static final String CHANNEL = "ikigai_cache";

	private static final int MOST_KEYS = 200;

	// NOTIFY takes less than 8000.
	private static final int MOST_BYTES = 7900;

	private final JdbcTemplate jdbc;

	private final JsonMapper json;

	private final String self;

	private final Wakeups wakeups;

	private final Runnable channelsChanged;

	private final Map<String, Set<String>> pending = new HashMap<>();

	private final ExecutorService sender = Executors.newSingleThreadExecutor((task) -> {
		Thread thread = new Thread(task, "ikigai-cache-changes");
		thread.setDaemon(true);
		return thread;
	});

	CacheChanges(JdbcTemplate jdbc, JsonMapper json, String self, Wakeups wakeups, Runnable channelsChanged) {
		this.jdbc = jdbc;
		this.json = json;
		this.self = self;
		this.wakeups = wakeups;
		this.channelsChanged = channelsChanged;
	}

	AutoCloseable listen(NearCacheStore.Changes changes) {
		AutoCloseable waiting = this.wakeups.addChannel(CHANNEL, (payload) -> receive(payload, changes));
		this.channelsChanged.run();
		return waiting;
	}

	private void receive(@Nullable String payload, NearCacheStore.Changes changes) {
		Change change = (payload != null) ? read(payload) : null;
		if (change == null || change.region == null || (change.keys != null && change.keys.contains(null))) {
			changes.missed();
		}
		else if (!this.self.equals(change.from)) {
			changes.changed(change.region, (change.keys != null) ? List.copyOf(change.keys) : List.of());
		}
	}

	// Anybody may notify on the channel: what is not understood may mean anything.
	private @Nullable Change read(String payload) {
		try {
			return this.json.readValue(payload, Change.class);
		}
		catch (JacksonException ex) {
			logger.debug("Not understood: " + payload, ex);
			return null;
		}
	}

	void announce(String region, @Nullable String key) {
		boolean idle;
		synchronized (this.pending) {
			idle = this.pending.isEmpty();
			// None means all.
			Set<String> keys = this.pending.computeIfAbsent(region,
					(name) -> (key != null) ? new LinkedHashSet<>(Set.of(key)) : Set.of());
			if (key == null || keys.size() >= MOST_KEYS) {
				this.pending.put(region, Set.of());
			}
			else if (!keys.isEmpty()) {
				keys.add(key);
			}
			if (idle && !this.sender.isShutdown()) {
				sendSoon();
			}
		}
	}

	// What stays in pending with nothing under way would keep all later changes there.
	private void sendSoon() {
		try {
			this.sender.execute(this::send);
		}
		catch (RuntimeException | Error ex) {
			this.pending.clear();
			logger.warn("Could not tell other processes of a change to the cache; what they keep near stays as stale "
					+ "as their max-staleness allows", ex);
		}
	}

	private void send() {
		Map<String, Set<String>> batch;
		synchronized (this.pending) {
			batch = Map.copyOf(this.pending);
			this.pending.clear();
		}
		try {
			String[] payloads = batch.entrySet()
				.stream()
				.map((change) -> payload(change.getKey(), change.getValue()))
				.toArray(String[]::new);
			this.jdbc.execute("SELECT pg_notify('" + CHANNEL + "', n.payload) FROM unnest(?) AS n(payload)",
					(PreparedStatement statement) -> {
						statement.setArray(1, statement.getConnection().createArrayOf("text", payloads));
						return statement.execute();
					});
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Could not tell other processes of changes to the cache regions " + batch.keySet()
					+ "; what they keep near stays as stale as their max-staleness allows", ex);
		}
	}

	private String payload(String region, Collection<String> keys) {
		String whole = this.json.writeValueAsString(new Change(this.self, region, keys));
		return (whole.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES) ? whole
				: this.json.writeValueAsString(new Change(this.self, region, List.of()));
	}

	@Override
	public void close() {
		this.sender.shutdown();
		try {
			if (!this.sender.awaitTermination(2, TimeUnit.SECONDS)) {
				this.sender.shutdownNow();
			}
		}
		catch (InterruptedException ex) {
			this.sender.shutdownNow();
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * A notification.
	 *
	 * @param from the process that changed something
	 * @param region the region
	 * @param keys the keys, or none for all
	 */
	private record Change(@Nullable String from, @Nullable String region, @Nullable Collection<@Nullable String> keys) {
	}

}
