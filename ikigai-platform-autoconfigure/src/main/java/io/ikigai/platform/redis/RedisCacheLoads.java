package io.ikigai.platform.redis;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import io.ikigai.platform.cache.CacheLoads;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Who loads which value, as keys beside the values that expire with their leases.
 */
final class RedisCacheLoads implements CacheLoads {

	private final StringRedisTemplate redis;

	/** The loads of this process. */
	private final Map<UUID, Load> running = new ConcurrentHashMap<>();

	RedisCacheLoads(StringRedisTemplate redis) {
		this.redis = redis;
	}

	@Override
	public boolean begin(String region, String key, UUID token, Duration lease) {
		Long begun = CacheScripts.BEGIN_LOAD.run(this.redis, region, key, token.toString(),
				RedisCacheStore.millis(lease));
		if (begun == null || begun != 1) {
			return false;
		}
		this.running.put(token, new Load(region, key));
		return true;
	}

	@Override
	public void extend(Collection<UUID> tokens, Duration lease) {
		for (UUID token : tokens) {
			Load load = this.running.get(token);
			if (load != null) {
				CacheScripts.EXTEND_LOAD.run(this.redis, load.region, load.key, token.toString(),
						RedisCacheStore.millis(lease));
			}
		}
	}

	@Override
	public void keep(String region, String key, UUID token, String json, Duration ttl) {
		this.running.remove(token);
		CacheScripts.END_LOAD.run(this.redis, region, key, token.toString(), json, RedisCacheStore.millis(ttl));
	}

	@Override
	public void abandon(String region, String key, UUID token) {
		this.running.remove(token);
		CacheScripts.END_LOAD.run(this.redis, region, key, token.toString());
	}

	/**
	 * A load of this process.
	 *
	 * @param region the region
	 * @param key the key
	 */
	private record Load(String region, String key) {
	}

}
