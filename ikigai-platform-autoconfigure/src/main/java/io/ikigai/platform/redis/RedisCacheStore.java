package io.ikigai.platform.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

import io.ikigai.platform.cache.CacheLoads;
import io.ikigai.platform.cache.NearCacheStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * The cache in Redis. Values of a region are in one slot of a cluster, beside the number
 * of the region's generation, which is part of their names: a clearing begins a new one,
 * and what is left of the earlier ones is deleted meanwhile.
 */
final class RedisCacheStore implements NearCacheStore, AutoCloseable {

	private static final Log logger = LogFactory.getLog(RedisCacheStore.class);

	private static final String CHANGES = "ikigai:cache:changes";

	private final String self = UUID.randomUUID().toString();

	private final StringRedisTemplate redis;

	private final RedisChannels channels;

	private final RedisCacheLoads loads;

	private final RegionSweep sweep;

	RedisCacheStore(StringRedisTemplate redis, RedisChannels channels) {
		this.redis = redis;
		this.channels = channels;
		this.loads = new RedisCacheLoads(redis);
		this.sweep = new RegionSweep(redis);
	}

	@Override
	public Optional<String> get(String region, String key) {
		return Optional.ofNullable(CacheScripts.GET.run(this.redis, region, key));
	}

	@Override
	public Map<String, String> getAll(String region, Collection<String> keys) {
		Map<String, String> found = new LinkedHashMap<>();
		getRemaining(region, keys).forEach((key, value) -> found.put(key, value.json()));
		return found;
	}

	@Override
	public Map<String, Remaining> getRemaining(String region, Collection<String> keys) {
		List<String> names = new ArrayList<>(keys);
		Map<String, Remaining> found = new LinkedHashMap<>();
		int from = 0;
		while (from < names.size()) {
			from += read(region, names.subList(from, Math.min(names.size(), from + BoundedCalls.ROWS)), found);
		}
		return found;
	}

	/**
	 * Reads some values.
	 * @return how many keys were looked at
	 */
	private int read(String region, List<String> keys, Map<String, Remaining> found) {
		List<Object> arguments = new ArrayList<>(keys.size() + 1);
		arguments.add(String.valueOf(BoundedCalls.BYTES));
		arguments.addAll(keys);
		List<?> read = CacheScripts.GET_ALL.run(this.redis, region, arguments.toArray());
		for (int i = 0; read != null && i + 1 < read.size(); i += 2) {
			String json = (String) read.get(i);
			long left = Long.parseLong(String.valueOf(read.get(i + 1)));
			if (left != CacheScripts.NONE && json != null) {
				found.put(keys.get(i / 2), new Remaining(json, (left >= 0) ? Duration.ofMillis(left) : null));
			}
		}
		return (read != null) ? read.size() / 2 : keys.size();
	}

	@Override
	public void set(String region, String key, String json, @Nullable Duration ttl) {
		CacheScripts.SET.run(this.redis, region, key, json, millis(ttl));
	}

	@Override
	public boolean setIfAbsent(String region, String key, String json, Duration ttl) {
		return isOne(CacheScripts.SET_IF_ABSENT.run(this.redis, region, key, json, millis(ttl)));
	}

	@Override
	public boolean delete(String region, String key) {
		return isOne(CacheScripts.DELETE.run(this.redis, region, key));
	}

	@Override
	public OptionalLong increment(String region, String key, long delta, @Nullable Duration ttl) {
		String sum = CacheScripts.INCREMENT.run(this.redis, region, key, String.valueOf(delta), millis(ttl));
		return (sum != null && !sum.isEmpty()) ? OptionalLong.of(Long.parseLong(sum)) : OptionalLong.empty();
	}

	@Override
	public void clear(String region) {
		CacheScripts.CLEAR.run(this.redis, region);
		this.sweep.begin(region);
	}

	private static boolean isOne(@Nullable Long answer) {
		return answer != null && answer == 1;
	}

	static String millis(@Nullable Duration duration) {
		return (duration != null) ? String.valueOf(Math.max(1, duration.toMillis())) : "0";
	}

	@Override
	public CacheLoads loads() {
		return this.loads;
	}

	// The sender, the region's length, the region and the key, if it is one key.
	@Override
	public void announce(String region, @Nullable String key) {
		try {
			this.redis.convertAndSend(CHANGES,
					this.self + ' ' + region.length() + ' ' + region + ((key != null) ? ' ' + key : ""));
		}
		catch (RuntimeException ex) {
			logger.warn("Could not tell other processes of a change in region '" + region
					+ "' of the cache; what they keep near ends by its time", ex);
		}
	}

	@Override
	public AutoCloseable listen(Changes changes) {
		return this.channels.listen(Set.of(CHANGES), new RedisChannels.Listener() {

			@Override
			public void heard(String channel, byte[] message) {
				String text = new String(message, StandardCharsets.UTF_8);
				int sender = text.indexOf(' ');
				int length = text.indexOf(' ', sender + 1);
				if (text.substring(0, Math.max(sender, 0)).equals(RedisCacheStore.this.self)) {
					return;
				}
				int end = length + 1 + Integer.parseInt(text.substring(sender + 1, length));
				changes.changed(text.substring(length + 1, end),
						(end < text.length()) ? List.of(text.substring(end + 1)) : List.of());
			}

			@Override
			public void missed() {
				changes.missed();
			}
		});
	}

	@Override
	public void close() {
		this.sweep.close();
	}

}
