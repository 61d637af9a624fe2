package io.ikigai.platform.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;

import io.ikigai.platform.Platform;
import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.cache.CacheContractTests;
import io.ikigai.platform.cache.CacheLoadContractTests;
import io.ikigai.platform.testservers.PostgresDatabase;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The compatibility kit of the cache on PostgreSQL, and what only PostgreSQL has.
 */
@ParameterizedClass
@EnumSource(PostgresKind.class)
class PostgresCacheIntegrationTests {

	private static PostgresKind.Opened server;

	@Parameter
	PostgresKind kind;

	private static PostgresDatabase database;

	private static PostgresApplication application;

	private static PostgresApplication other;

	@BeforeParameterizedClassInvocation
	static void start(PostgresKind kind) throws Exception {
		server = kind.open();
		database = server.database();
		application = PostgresApplication.start(database);
		other = PostgresApplication.start(database);
	}

	@AfterParameterizedClassInvocation
	static void stop() throws Exception {
		other.close();
		application.close();
		server.close();
	}

	@Test
	void keepsValuesInAnUnloggedTable() throws SQLException {
		assertThat(database.queryForText("SELECT string_agg(relpersistence::text || ' ' || relname || ' ' "
				+ "|| array_to_string(reloptions, ','), '; ' ORDER BY relname) FROM pg_class "
				+ "WHERE relname IN ('ikigai_cache', 'ikigai_cache_load')"))
			.isEqualTo("u ikigai_cache fillfactor=70; u ikigai_cache_load fillfactor=70");
	}

	@Test
	void sweepsWhatHasExpired() throws SQLException {
		Cache cache = application.platform().cache("sweep");
		cache.set("forever", 1);
		cache.set("long", 1, Duration.ofHours(1));
		cache.set("short", 1, Duration.ofMillis(1));
		database.execute("INSERT INTO ikigai_cache SELECT 'sweep', 'many ' || i, '1', now() - interval '1 second' "
				+ "FROM generate_series(1, 12000) AS i; INSERT INTO ikigai_cache_load VALUES "
				+ "('sweep', 'dead', gen_random_uuid(), now() - interval '1 hour')");
		await().until(() -> cache.get("short", Integer.class).isEmpty());
		RetentionIntegrationTests.sweep(application, "public").run();
		assertThat(database
			.queryForText("SELECT string_agg(key, ',' ORDER BY key) FROM ikigai_cache " + "WHERE region = 'sweep'"))
			.isEqualTo("forever,long");
		assertThat(database.queryForText("SELECT count(*) FROM ikigai_cache_load WHERE region = 'sweep'"))
			.isEqualTo("0");
	}

	@Test
	void takesOverTheLoadOfAProcessThatDied() throws SQLException {
		database.execute("INSERT INTO ikigai_cache_load VALUES ('dead', 'k', '" + UUID.randomUUID()
				+ "', statement_timestamp() + interval '1 second')");
		Cache cache = application.platform().cache("dead");
		assertThat(cache.get("k", String.class, Duration.ofHours(1), () -> "loaded")).isEqualTo("loaded");
		assertThat(database.queryForText("SELECT count(*) FROM ikigai_cache_load WHERE region = 'dead'"))
			.isEqualTo("0");
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
