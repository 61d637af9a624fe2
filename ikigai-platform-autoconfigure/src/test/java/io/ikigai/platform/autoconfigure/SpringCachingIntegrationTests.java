package io.ikigai.platform.autoconfigure;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import io.ikigai.platform.Platform;
import io.ikigai.platform.autoconfigure.CachedPrices.Circle;
import io.ikigai.platform.autoconfigure.CachedPrices.Derived;
import io.ikigai.platform.autoconfigure.CachedPrices.Price;
import io.ikigai.platform.autoconfigure.CachedPrices.Shape;
import io.ikigai.platform.autoconfigure.CachedPrices.UnknownPriceException;
import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.cache.CacheStatus;
import io.ikigai.platform.caching.RegionCacheManager;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Spring's caching annotations on the platform's cache.
 */
class SpringCachingIntegrationTests {

	private static PostgresDatabase database;

	private static ConfigurableApplicationContext context;

	private CachedPrices prices;

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
		this.prices = context.getBean(CachedPrices.class);
		CachedPrices.calls.set(0);
		CachedPrices.arriving = null;
		this.region = context.getBean(Platform.class).cache("prices");
		this.region.clear();
	}

	@Test
	void readsValuesAsWhatTheMethodReturns() {
		List<Price> loaded = this.prices.list("EUR", 1);
		assertThat(this.prices.list("EUR", 1)).isEqualTo(loaded).isNotSameAs(loaded);
		assertThat(this.prices.list("EUR", 2)).hasSize(2);
		assertThat(CachedPrices.calls).hasValue(2);
		assertThat(this.prices.byDay()).containsKey(LocalDate.of(2026, 1, 1));
		assertThat(this.prices.byDay().values()).containsExactly(new Price("EUR", 1));
		assertThat(this.prices.find("EUR")).contains(new Price("EUR", 1));
		assertThat(this.prices.find("EUR")).contains(new Price("EUR", 1));
		assertThat(CachedPrices.calls).hasValue(4);
		assertThat(this.region.get("EUR", Price.class)).contains(new Price("EUR", 1));
	}

	@Test
	void cachesWhatComesInAFuture() {
		assertThat(this.prices.later("EUR").join()).isEqualTo(new Price("EUR", 1));
		assertThat(this.prices.later("EUR").join()).isEqualTo(new Price("EUR", 1));
		assertThat(CachedPrices.calls).hasValue(1);
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
		assertThat(CachedPrices.calls).hasValue(2);
	}

	@Test
	void keepsNoNull() {
		assertThat(this.prices.find("none")).isEmpty();
		assertThat(this.prices.find("none")).isEmpty();
		assertThat(this.prices.once("none")).isNull();
		assertThat(CachedPrices.calls).hasValue(3);
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
		assertThat(CachedPrices.calls).hasValue(1);
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
	void treatsWhatDoesNotFitAsAMiss() {
		long misses = misses();
		for (Object unreadable : List.of("text", List.of(1), Map.of("name", List.of(), "amount", "many"))) {
			this.region.set("EUR", unreadable, Duration.ofHours(1));
			assertThat(this.prices.find("EUR")).contains(new Price("EUR", 1));
			assertThat(this.region.get("EUR", Price.class)).contains(new Price("EUR", 1));
			this.region.set("EUR", unreadable, Duration.ofHours(1));
			assertThat(this.prices.once("EUR")).isEqualTo(new Price("EUR", 1));
			assertThat(this.region.get("EUR", Price.class)).contains(new Price("EUR", 1));
			this.region.set("EUR", unreadable, Duration.ofHours(1));
			assertThat(this.prices.laterOnce("EUR").join()).isEqualTo(new Price("EUR", 1));
			assertThat(this.region.get("EUR", Price.class)).contains(new Price("EUR", 1));
		}
		assertThat(CachedPrices.calls).hasValue(9);
		assertThat(misses() - misses).isEqualTo(9);
	}

	private static long misses() {
		CacheStatus.Reads reads = context.getBean(CacheStatus.class).reads().get("prices");
		return (reads != null) ? reads.misses() : 0;
	}

	@Test
	void returnsWhatCannotBeKeptOrReadBack() {
		Shape circle = new Circle(1);
		for (int i = 0; i < 2; i++) {
			assertThat(this.prices.shape("a")).isEqualTo(circle);
			assertThat(this.prices.shapes("b")).containsExactly(circle);
			assertThat(this.prices.any("c")).isEqualTo(circle);
			Price generic = this.prices.generic("d", new Price("EUR", 1));
			assertThat(generic).isEqualTo(new Price("EUR", 1));
			Long number = this.prices.generic("e", 5L);
			assertThat(number).isEqualTo(5L);
			assertThat(this.prices.base("f")).isInstanceOf(Derived.class);
			assertThat(this.prices.unstorable("g", "a\0")).isEqualTo("a\0");
			assertThat(this.prices.unstorableOnce("h")).isEqualTo(circle);
			assertThat(this.prices.unstorableLater("i").join()).isEqualTo(circle);
		}
		assertThat(CachedPrices.calls).hasValue(18);
		assertThat(this.prices.generic("j", "text")).isEqualTo("text");
		assertThat(this.prices.generic("j", "text")).isEqualTo("text");
		assertThat(this.prices.details("k")).containsEntry("n", 1L);
		assertThat(this.prices.details("k")).hasSize(2);
		assertThat(CachedPrices.calls).hasValue(20);
		this.prices.find("EUR");
		assertThat(this.prices.update("EUR", 2)).isEqualTo(new Price("EUR", 2));
	}

	@Test
	void keepsAfterTheCommitWhatAReadOnlyTransactionLoaded() throws Exception {
		TransactionTemplate reading = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		reading.setReadOnly(true);
		JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
		reading.executeWithoutResult((status) -> {
			assertThat(this.prices.find("EUR")).isPresent();
			assertThat(this.prices.once("USD")).isNotNull();
			assertThat(this.prices.update("CHF", 1)).isNotNull();
			assertThat(this.region.get("GBP", Price.class, Duration.ofHours(1), () -> new Price("GBP", 1))).isNotNull();
			this.prices.remove("JPY");
			assertThat(jdbc.queryForObject("SELECT 1", Integer.class)).isEqualTo(1);
		});
		for (String name : List.of("EUR", "USD", "CHF", "GBP")) {
			assertThat(this.region.get(name, Price.class)).contains(new Price(name, 1));
		}
		reading.executeWithoutResult((status) -> this.prices.removeAll());
		assertThat(this.region.get("EUR", Price.class)).isEmpty();
		reading.executeWithoutResult((status) -> {
			this.prices.find("EUR");
			status.setRollbackOnly();
		});
		assertThat(this.region.get("EUR", Price.class)).isEmpty();
	}

	@Test
	void spoilsNoTransactionWhenAValueCannotBeKept() throws Exception {
		JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
		database.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
				+ "'BEGIN RAISE EXCEPTION ''refused''; END'; CREATE TRIGGER refuse BEFORE INSERT ON ikigai_cache "
				+ "FOR EACH ROW EXECUTE FUNCTION refuse(); CREATE TABLE business (id int)");
		try {
			context.getBean(Platform.class).transaction(() -> {
				jdbc.update("INSERT INTO business VALUES (1)");
				assertThat(this.prices.find("EUR")).isPresent();
				assertThat(this.prices.once("EUR")).isNotNull();
				assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> this.region.set("EUR", 1));
				jdbc.update("INSERT INTO business VALUES (2)");
			});
			assertThat(jdbc.queryForObject("SELECT count(*) FROM business", Integer.class)).isEqualTo(2);
			assertThat(this.prices.find("EUR")).isPresent();
			assertThat(this.prices.once("EUR")).isNotNull();
			assertThat(this.prices.laterOnce("EUR").join()).isNotNull();
		}
		finally {
			database.execute("DROP TABLE business; DROP FUNCTION refuse() CASCADE");
		}
	}

	@Test
	void doesNotBlockCallersOfMethodsThatReturnFuturesOrPublishers() {
		CompletableFuture<Price> arrives = new CompletableFuture<>();
		CachedPrices.arriving = arrives;
		List<CompletableFuture<Price>> asked = IntStream.range(0, 40)
			.mapToObj((i) -> (i % 2 == 0) ? this.prices.laterOnce("slow") : this.prices.monoOnce("slow").toFuture())
			.toList();
		assertThat(asked).noneMatch(CompletableFuture::isDone);
		arrives.complete(new Price("slow", 7));
		assertThat(asked).allSatisfy((answer) -> assertThat(answer.join()).isEqualTo(new Price("slow", 7)));
		assertThat(CachedPrices.calls).hasValue(1);
		assertThat(this.region.get("slow", Price.class)).contains(new Price("slow", 7));
		CachedPrices.arriving = CompletableFuture.failedFuture(new UnknownPriceException());
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> this.prices.laterOnce("failing").join())
			.withCauseInstanceOf(UnknownPriceException.class);
		assertThat(this.prices.fluxOnce("all").collectList().block()).containsExactly(new Price("all", 1));
		assertThat(this.prices.fluxOnce("all").collectList().block()).containsExactly(new Price("all", 1));
		assertThat(CachedPrices.calls).hasValue(3);
	}

	@Test
	void letsNoThreadThatMustNotBlockWaitForTheDatabase() throws Exception {
		Scheduler loop = Schedulers.newSingle("loop");
		try (Connection blocker = context.getBean(DataSource.class).getConnection()) {
			blocker.setAutoCommit(false);
			try (Statement statement = blocker.createStatement()) {
				statement.execute("LOCK TABLE ikigai_cache IN ACCESS EXCLUSIVE MODE");
			}
			CompletableFuture<Price> found = Mono.defer(() -> this.prices.mono("EUR")).subscribeOn(loop).toFuture();
			CompletableFuture<Void> removed = CompletableFuture.runAsync(() -> this.prices.remove("EUR"),
					loop.createWorker()::schedule);
			CompletableFuture<Price> put = CompletableFuture.supplyAsync(() -> this.prices.update("EUR", 3),
					loop.createWorker()::schedule);
			assertThat(put.join()).isEqualTo(new Price("EUR", 3));
			assertThat(removed).isCompleted();
			assertThat(found).isNotDone();
			blocker.rollback();
			assertThat(found.join()).isNotNull();
			assertThat(this.prices.later("EUR").join()).isNotNull();
		}
		finally {
			loop.dispose();
		}
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

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(proxyTargetClass = true)
	static class Caching {

		@Bean
		CachedPrices prices() {
			return new CachedPrices();
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
