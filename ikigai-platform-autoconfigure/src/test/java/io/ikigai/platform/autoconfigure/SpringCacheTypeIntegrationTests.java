package io.ikigai.platform.autoconfigure;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.Platform;
import io.ikigai.platform.caching.RegionCacheManager;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.cache.interceptor.SimpleCacheResolver;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which cache Spring's annotations work on beside Spring Boot's cache module, with
 * Caffeine on the class path.
 */
class SpringCacheTypeIntegrationTests {

	private static PostgresDatabase database;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().freshDatabase();
	}

	@ParameterizedTest
	@ValueSource(strings = { "--spring.application.name=says-nothing", "--spring.cache.type=ikigai",
			"--spring.cache.cache-names=declared" })
	void isThePlatformsCacheUnlessAnotherIsChosen(String argument) {
		try (ConfigurableApplicationContext context = run(Caching.class, argument)) {
			assertThat(context.getBeansOfType(CacheAutoConfiguration.class)).isEmpty();
			assertThat(context.getBean(CacheManager.class)).isInstanceOf(RegionCacheManager.class);
			assertKeeps(context, true, true);
		}
	}

	@ParameterizedTest
	@CsvSource({ "none, NoOpCacheManager, false", "simple, ConcurrentMapCacheManager, true",
			"caffeine, CaffeineCacheManager, true", "CAFFEINE, CaffeineCacheManager, true" })
	void isWhatSpringBootMakesOfTheType(String type, String manager, boolean keeps) {
		try (ConfigurableApplicationContext context = run(Caching.class, "--spring.cache.type=" + type)) {
			assertThat(context.getBean(CacheManager.class).getClass().getSimpleName()).isEqualTo(manager);
			assertKeeps(context, keeps, false);
		}
	}

	@Test
	void isTheManagerOfTheApplication() {
		try (ConfigurableApplicationContext context = run(OwnManager.class)) {
			assertThat(context.getBeansOfType(CacheManager.class)).containsOnlyKeys("own");
			assertKeeps(context, true, false);
		}
	}

	@Test
	void isTheResolverOfTheApplication() {
		try (ConfigurableApplicationContext context = run(OwnResolver.class)) {
			assertThat(context.getBeansOfType(RegionCacheManager.class)).isEmpty();
			assertKeeps(context, true, false);
		}
	}

	private static ConfigurableApplicationContext run(Class<?> configuration, String... arguments) {
		return TestApplication.run(configuration, TestApplication.on(database, arguments));
	}

	private static void assertKeeps(ConfigurableApplicationContext context, boolean keeps, boolean inThePlatform) {
		String key = UUID.randomUUID().toString();
		Answers answers = context.getBean(Answers.class);
		int first = answers.answer(key);
		assertThat(answers.answer(key) == first).isEqualTo(keeps);
		assertThat(context.getBean(Platform.class).cache("answers").get(key, Integer.class).isPresent())
			.isEqualTo(inThePlatform);
	}

	static class Answers {

		private final AtomicInteger calls = new AtomicInteger();

		@Cacheable("answers")
		public int answer(String key) {
			return this.calls.incrementAndGet();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(proxyTargetClass = true)
	static class Caching {

		@Bean
		Answers answers() {
			return new Answers();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnManager extends Caching {

		@Bean
		CacheManager own() {
			return new ConcurrentMapCacheManager();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnResolver extends Caching implements CachingConfigurer {

		@Bean
		@Override
		public CacheResolver cacheResolver() {
			return new SimpleCacheResolver(new ConcurrentMapCacheManager());
		}

	}

}
