package io.ikigai.platform.autoconfigure;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.ikigai.platform.Platform;
import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.caching.RegionCacheManager;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Spring's caching annotations on the platform's cache.
 */
class SpringCachingIntegrationTests {

	private static final AtomicInteger calls = new AtomicInteger();

	private static PostgresDatabase database;

	private static ConfigurableApplicationContext context;

	private Prices prices;

	private Cache region;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().freshDatabase();
		context = TestApplication.run(Caching.class, TestApplication.on(database, "--ikigai.cache.ttl=2h",
				"--ikigai.cache.regions.quick.ttl=100ms", "--spring.main.lazy-initialization=true"));
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@BeforeEach
	void fresh() {
		this.prices = context.getBean(Prices.class);
		calls.set(0);
		this.region = context.getBean(Platform.class).cache("prices");
		this.region.clear();
	}

	@Test
	void readsValuesAsWhatTheMethodReturns() {
		List<Price> loaded = this.prices.list("EUR", 1);
		assertThat(this.prices.list("EUR", 1)).isEqualTo(loaded).isNotSameAs(loaded);
		assertThat(this.prices.list("EUR", 2)).hasSize(2);
		assertThat(calls).hasValue(2);
		assertThat(this.prices.byDay()).containsKey(LocalDate.of(2026, 1, 1));
		assertThat(this.prices.byDay().values()).containsExactly(new Price("EUR", 1));
		assertThat(this.prices.find("EUR")).contains(new Price("EUR", 1));
		assertThat(this.prices.find("EUR")).contains(new Price("EUR", 1));
		assertThat(calls).hasValue(4);
		assertThat(this.region.get("EUR", Price.class)).contains(new Price("EUR", 1));
	}

	@Test
	void cachesWhatComesInAFuture() {
		assertThat(this.prices.later("EUR").join()).isEqualTo(new Price("EUR", 1));
		assertThat(this.prices.later("EUR").join()).isEqualTo(new Price("EUR", 1));
		assertThat(calls).hasValue(1);
	}

	@Test
	void putsAndEvicts() {
		this.prices.find("EUR");
		this.prices.update("EUR", 9);
		assertThat(this.prices.find("EUR")).contains(new Price("EUR", 9));
		this.prices.remove("EUR");
		assertThat(this.region.get("EUR", Price.class)).isEmpty();
		this.prices.find("EUR");
		this.prices.removeAll();
		assertThat(this.region.get("EUR", Price.class)).isEmpty();
		assertThat(calls).hasValue(2);
	}

	@Test
	void keepsNoNull() {
		assertThat(this.prices.find("none")).isEmpty();
		assertThat(this.prices.find("none")).isEmpty();
		assertThat(this.prices.once("none")).isNull();
		assertThat(calls).hasValue(3);
		this.prices.find("EUR");
		this.prices.update("EUR", 0);
		assertThat(this.region.get("EUR", Price.class)).isEmpty();
	}

	@Test
	void loadsOnceForManyCallersOfASynchronizedMethod() {
		List<CompletableFuture<Price>> callers = IntStream.range(0, 16)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> this.prices.once("EUR")))
			.toList();
		assertThat(callers.stream().map(CompletableFuture::join)).containsOnly(new Price("EUR", 1));
		assertThat(calls).hasValue(1);
	}

	@Test
	void throwsWhatASynchronizedMethodThrows() {
		assertThatExceptionOfType(UnknownPriceException.class).isThrownBy(() -> this.prices.unknown("?"));
		assertThat(this.region.get("?", Price.class)).isEmpty();
	}

	@Test
	void keepsValuesForTheTimeOfTheirRegion() throws Exception {
		this.prices.find("EUR");
		this.prices.quick();
		assertThat(database.queryForText("SELECT string_agg(region || ' ' || (expires_at > now() + interval '1 hour'), "
				+ "',' ORDER BY region) FROM ikigai_cache WHERE region IN ('prices', 'quick')"))
			.isEqualTo("prices true,quick false");
	}

	@Test
	void readsByNameOnlyWithAType() {
		this.prices.find("EUR");
		org.springframework.cache.Cache cache = context.getBean(CacheManager.class).getCache("prices");
		assertThat(cache.get("EUR", Price.class)).isEqualTo(new Price("EUR", 1));
		assertThatIllegalStateException().isThrownBy(() -> cache.get("EUR"))
			.withMessageContaining("ikigaiCacheResolver");
		assertThat(cache.putIfAbsent("EUR", new Price("EUR", 2)).get()).isEqualTo(new Price("EUR", 1));
		assertThat(cache.putIfAbsent("USD", new Price("USD", 2))).isNull();
		assertThat(cache.evictIfPresent("USD")).isTrue();
		assertThat(context.getBean(CacheManager.class).getCacheNames()).contains("prices");
	}

	@Test
	void leavesTheChoiceToTheApplication() {
		try (ConfigurableApplicationContext plain = TestApplication.run(TestApplication.on(database))) {
			assertThat(plain.getBeansOfType(CacheManager.class)).isEmpty();
		}
		try (ConfigurableApplicationContext own = TestApplication.run(OwnManager.class, TestApplication.on(database))) {
			assertThat(own.getBean(CacheManager.class)).isInstanceOf(ConcurrentMapCacheManager.class);
		}
		try (ConfigurableApplicationContext ours = TestApplication.run(Caching.class, TestApplication.on(database))) {
			assertThat(ours.getBean(CacheManager.class)).isInstanceOf(RegionCacheManager.class);
		}
	}

	/**
	 * A price.
	 *
	 * @param name of what
	 * @param amount how much
	 */
	record Price(String name, int amount) {
	}

	static class UnknownPriceException extends Exception {

		private static final long serialVersionUID = 1L;

	}

	static class Prices {

		@Cacheable("prices")
		public List<Price> list(String name, int size) {
			calls.incrementAndGet();
			return IntStream.range(0, size).mapToObj((i) -> new Price(name, i)).toList();
		}

		@Cacheable("prices")
		public Map<LocalDate, Price> byDay() {
			calls.incrementAndGet();
			return Map.of(LocalDate.of(2026, 1, 1), new Price("EUR", 1));
		}

		@Cacheable("prices")
		public Optional<Price> find(String name) {
			calls.incrementAndGet();
			return name.equals("none") ? Optional.empty() : Optional.of(new Price(name, 1));
		}

		@Cacheable("prices")
		public CompletableFuture<Price> later(String name) {
			calls.incrementAndGet();
			return CompletableFuture.completedFuture(new Price(name, 1));
		}

		@Cacheable(cacheNames = "prices", sync = true)
		public @Nullable Price once(String name) {
			calls.incrementAndGet();
			return name.equals("none") ? null : new Price(name, 1);
		}

		@Cacheable(cacheNames = "prices", sync = true)
		public Price unknown(String name) throws UnknownPriceException {
			throw new UnknownPriceException();
		}

		@Cacheable("quick")
		public String quick() {
			return "quick";
		}

		@CachePut(cacheNames = "prices", key = "#name")
		public @Nullable Price update(String name, int amount) {
			return (amount == 0) ? null : new Price(name, amount);
		}

		@CacheEvict("prices")
		public void remove(String name) {
		}

		@CacheEvict(cacheNames = "prices", allEntries = true)
		public void removeAll() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(proxyTargetClass = true)
	static class Caching {

		@Bean
		Prices prices() {
			return new Prices();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class OwnManager {

		@Bean
		CacheManager own() {
			return new ConcurrentMapCacheManager();
		}

	}

}
