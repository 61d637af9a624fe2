package io.ikigai.platform.autoconfigure;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The cache under Spring's annotations. What is set through the platform's own cache says
 * itself how long it is kept.
 *
 * @param ttl how long values of Spring's caching annotations are kept
 * @param regions what is different for single caches, by their names
 */
@ConfigurationProperties(prefix = "ikigai.cache", ignoreUnknownFields = false)
public record CacheProperties(@DefaultValue("1h") Duration ttl, @DefaultValue Map<String, Region> regions) {

	/**
	 * Checks the values.
	 */
	public CacheProperties {
		requirePositive("ikigai.cache.ttl", ttl);
		regions = Map.copyOf(regions);
		regions.forEach((name, region) -> {
			if (region.ttl() != null) {
				requirePositive("ikigai.cache.regions." + name + ".ttl", region.ttl());
			}
			if (region.near() != null) {
				region.near().check("ikigai.cache.regions." + name + ".near");
			}
		});
	}

	private static void requirePositive(String key, Duration ttl) {
		if (ttl.isNegative() || ttl.isZero()) {
			throw new InvalidConfigurationPropertyValueException(key, ttl, "It must be greater than zero.");
		}
	}

	Map<String, Near> near() {
		Map<String, Near> near = new TreeMap<>();
		this.regions.forEach((name, region) -> {
			if (region.near() != null) {
				near.put(name, region.near());
			}
		});
		return near;
	}

	Duration ttl(String region) {
		Region own = this.regions.get(region);
		return (own != null && own.ttl() != null) ? own.ttl() : this.ttl;
	}

	/**
	 * What is different for one cache.
	 *
	 * @param ttl how long values are kept in this cache
	 * @param near whether and how values are kept in the process, too
	 */
	public record Region(@Nullable Duration ttl, @Nullable Near near) {
	}

	/**
	 * Values kept in the process.
	 *
	 * @param maxSize how many at most
	 * @param maxStaleness how long after it was read a value may be handed out at most,
	 * though it has changed
	 */
	public record Near(@DefaultValue("10000") long maxSize, @DefaultValue("1m") Duration maxStaleness) {

		private static final Duration LONGEST = Duration.ofDays(1);

		void check(String key) {
			if (this.maxSize < 1) {
				throw new InvalidConfigurationPropertyValueException(key + ".max-size", this.maxSize,
						"It must be at least 1.");
			}
			requirePositive(key + ".max-staleness", this.maxStaleness);
			if (this.maxStaleness.compareTo(LONGEST) > 0) {
				throw new InvalidConfigurationPropertyValueException(key + ".max-staleness", this.maxStaleness,
						"It must be at most one day.");
			}
		}

	}

}
