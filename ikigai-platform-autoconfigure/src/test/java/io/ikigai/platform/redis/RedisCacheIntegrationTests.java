package io.ikigai.platform.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.ikigai.platform.Guarantee;
import io.ikigai.platform.Guarantees;
import io.ikigai.platform.Platform;
import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.cache.CacheContractTests;
import io.ikigai.platform.cache.CacheLoadContractTests;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The compatibility kit of the cache on Redis, and what only Redis has.
 */
@ParameterizedClass
@EnumSource(RedisKind.class)
class RedisCacheIntegrationTests {

	private static final Duration LONG = Duration.ofHours(1);

	@Parameter
	RedisKind kind;

	private static RedisApplication application;

	private static RedisApplication other;

	@BeforeParameterizedClassInvocation
	static void start(RedisKind kind) {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		String near = "ikigai.cache.regions.near.near.max-staleness=1h";
		application = RedisApplication.start(database, kind.url(), near);
		other = RedisApplication.start(database, kind.url(), near);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		other.close();
		application.close();
	}

	@Test
	void forgetsNearValuesThatAnotherProcessChanges() {
		Cache here = application.platform().cache("near");
		Cache there = other.platform().cache("near");
		here.set("k", 1);
		assertThat(there.get("k", Integer.class)).contains(1);
		here.set("k", 2);
		await().untilAsserted(() -> assertThat(there.get("k", Integer.class)).contains(2));
		here.clear();
		await().untilAsserted(() -> assertThat(there.get("k", Integer.class)).isEmpty());
	}

	@Test
	void deletesWhatAClearingLeaves() {
		String region = "swept {of} *";
		Cache cache = application.platform().cache(region);
		for (int i = 0; i < 700; i++) {
			cache.set("k" + i, i);
		}
		cache.clear();
		cache.set("kept", 1);
		await().untilAsserted(() -> assertThat(keys(region)).hasSize(2));
		assertThat(cache.get("kept", Integer.class)).contains(1);
	}

	private Set<String> keys(String region) {
		LettuceConnectionFactory connections = this.kind.connections();
		try {
			return new StringRedisTemplate(connections).keys("ikigai:*")
				.stream()
				.filter((key) -> key.startsWith(CacheScripts.prefix(region)))
				.collect(Collectors.toSet());
		}
		finally {
			connections.destroy();
		}
	}

	@Test
	void leavesTheApplicationsOwnConnectionAlone() {
		assertThat(application.context().getBeansOfType(RedisConnectionFactory.class)).hasSize(1)
			.containsOnlyKeys("redisConnectionFactory");
	}

	@Test
	void tellsWhatHoldsWithinTransactions() {
		Guarantees guarantees = application.bean(Guarantees.class);
		assertThat(guarantees.services().get("cache")).containsEntry("set", Guarantee.OUTBOX)
			.containsEntry("increment", Guarantee.BEST_EFFORT);
		assertThat(guarantees.services().get("queues")).containsOnly(Map.entry("enqueue", Guarantee.ATOMIC),
				Map.entry("settle", Guarantee.ATOMIC), Map.entry("claim", Guarantee.ATOMIC),
				Map.entry("cancel", Guarantee.ATOMIC), Map.entry("redrive", Guarantee.ATOMIC),
				Map.entry("pause", Guarantee.ATOMIC));
	}

	@Nested
	class Values extends CacheContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected Platform other() {
			return other.platform();
		}

		// What is set or cleared is sent after the commit; what returns something is done
		// at once.
		@Override
		@Test
		protected void writesWithTheTransaction() {
			Cache cache = application.platform().cache("transactions");
			cache.set("kept", 1);
			assertThatIllegalStateException().isThrownBy(() -> platform().transaction((Runnable) () -> {
				cache.set("new", 1);
				cache.set("kept", 2);
				assertThat(cache.get("new", Integer.class)).isEmpty();
				throw new IllegalStateException("deliberate");
			}));
			assertThat(cache.getAll(List.of("new", "kept"), Integer.class)).isEqualTo(Map.of("kept", 1));
			platform().transaction(() -> {
				cache.clear();
				cache.set("new", 2);
				cache.set("late", 3, LONG);
				assertThat(cache.increment("count", 5)).isEqualTo(5);
			});
			assertThat(cache.getAll(List.of("new", "kept", "late"), Integer.class))
				.isEqualTo(Map.of("new", 2, "late", 3));
		}

	}

	@Nested
	class Loads extends CacheLoadContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected Platform other() {
			return other.platform();
		}

	}

}
