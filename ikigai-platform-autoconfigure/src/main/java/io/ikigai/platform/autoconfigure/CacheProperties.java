package io.ikigai.platform.autoconfigure;

import java.time.Duration;
import java.util.Map;

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
		});
	}

	private static void requirePositive(String key, Duration ttl) {
		if (ttl.isNegative() || ttl.isZero()) {
			throw new InvalidConfigurationPropertyValueException(key, ttl, "It must be greater than zero.");
		}
	}

	Duration ttl(String region) {
		Region own = this.regions.get(region);
		return (own != null && own.ttl() != null) ? own.ttl() : this.ttl;
	}

	/**
	 * What is different for one cache.
	 *
	 * @param ttl how long values are kept in this cache
	 */
	public record Region(@Nullable Duration ttl) {
	}

}
