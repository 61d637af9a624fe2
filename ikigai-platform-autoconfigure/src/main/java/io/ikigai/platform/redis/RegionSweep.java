package io.ikigai.platform.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Deletes what is left of the earlier generations of a region, in a thread of its own: no
 * caller waits for it. What a process leaves that ends meanwhile, the next clearing of
 * the region finds.
 */
final class RegionSweep implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(RegionSweep.class);

	private static final int TOGETHER = 500;

	private final StringRedisTemplate redis;

	private final ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS,
			new LinkedBlockingQueue<>(), (task) -> {
				Thread thread = new Thread(task, "ikigai-redis-sweep");
				thread.setDaemon(true);
				return thread;
			});

	RegionSweep(StringRedisTemplate redis) {
		this.redis = redis;
		this.thread.allowCoreThreadTimeOut(true);
	}

	void begin(String region) {
		this.thread.execute(() -> sweep(region));
	}

	private void sweep(String region) {
		String prefix = CacheScripts.prefix(region);
		try {
			String current = prefix + CacheScripts.GENERATION.run(this.redis, region);
			ScanOptions options = ScanOptions.scanOptions().match(glob(prefix) + "*").count(1000).build();
			List<String> old = new ArrayList<>();
			try (Cursor<String> keys = this.redis.scan(options)) {
				while (keys.hasNext()) {
					String key = keys.next();
					if (!key.equals(prefix + "generation") && !key.startsWith(current + "=")
							&& !key.startsWith(current + "#")) {
						old.add(key);
					}
					if (old.size() == TOGETHER) {
						this.redis.unlink(old);
						old.clear();
					}
				}
			}
			if (!old.isEmpty()) {
				this.redis.unlink(old);
			}
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Could not delete what was cleared of region '" + region
					+ "' of the cache; the next clearing deletes it", ex);
		}
	}

	// The encoded region has none of the others.
	private static String glob(String prefix) {
		return prefix.replace("*", "\\*");
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
	}

}
