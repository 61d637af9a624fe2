package io.ikigai.platform.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Values kept near, in two processes on one database.
 */
class NearCacheIntegrationTests {

	private static final String LONG = "X".repeat(250) + "\u4e2d";

	private static PostgresDatabase database;

	private static PostgresApplication application;

	private static PostgresApplication other;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().freshDatabase();
		application = startOne();
		other = startOne();
		await().until(() -> listening(application) && listening(other));
	}

	private static boolean listening(PostgresApplication application) {
		return Boolean.TRUE.equals(application.bean(PostgresBackend.class).condition().details().get("listening"));
	}

	private static PostgresApplication startOne() {
		return PostgresApplication.start(database, "ikigai.cache.regions.near.near.max-staleness=1h",
				"ikigai.cache.regions.bound.near.max-staleness=300ms",
				"ikigai.cache.regions.default.near.max-staleness=1h");
	}

	@AfterAll
	static void stop() {
		other.close();
		application.close();
	}

	private static Cache near() {
		return application.platform().cache("near");
	}

	private static Cache far() {
		return other.platform().cache("near");
	}

	private static void setBehindTheBack(String key, int value) throws SQLException {
		database.execute("UPDATE ikigai_cache SET value = '" + value + "' WHERE key = '" + key + "'");
	}

	@Test
	void handsOutTheSameInstance() throws SQLException {
		near().set("same", List.of(1, 2));
		List<?> first = near().get("same", List.class).orElseThrow();
		setBehindTheBack("same", 5);
		assertThat(near().get("same", List.class).orElseThrow()).isSameAs(first);
		assertThat(near().getAll(List.of("same"), List.class).get("same")).isSameAs(first);
		assertThat(near().get("same", List.class, Duration.ofHours(1), List::of)).isSameAs(first);
		assertThat(near().get("same", Integer.class)).contains(5);
	}

	@Test
	void forgetsWhatOthersChange() {
		List<Runnable> changes = List.of(() -> far().set("changed", 2), () -> far().delete("changed"),
				() -> far().increment("changed", 1), far()::clear,
				() -> other.platform().transaction(() -> far().set("changed", 3)));
		for (Runnable change : changes) {
			near().set("changed", 1);
			assertThat(near().get("changed", Integer.class)).contains(1);
			change.run();
			await().until(() -> !near().get("changed", Integer.class).equals(Optional.of(1)));
		}
	}

	@Test
	void forgetsManyLongKeysAtOnce() {
		List<String> keys = IntStream.range(100, 600).mapToObj((i) -> LONG + i).toList();
		keys.forEach((key) -> near().set(key, 1));
		assertThat(near().getAll(keys, Integer.class)).hasSize(500);
		other.platform().transaction(() -> keys.forEach((key) -> far().set(key, 2)));
		await().until(() -> near().getAll(keys, Integer.class).values().stream().allMatch((value) -> value == 2));
	}

	@Test
	void seesItsOwnWritesAtOnce() {
		near().set("own", 1);
		assertThat(near().get("own", Integer.class)).contains(1);
		near().set("own", 2);
		assertThat(near().get("own", Integer.class)).contains(2);
		assertThat(near().increment("own", 5)).isEqualTo(7);
		assertThat(near().get("own", Integer.class)).contains(7);
		near().delete("own");
		assertThat(near().get("own", Integer.class)).isEmpty();
	}

	@Test
	void keepsNothingThatIsNotCommitted() {
		near().set("tx", 1);
		assertThat(near().get("tx", Integer.class)).contains(1);
		assertThatIllegalStateException().isThrownBy(() -> application.platform().transaction(() -> {
			near().set("tx", 2);
			assertThat(near().get("tx", Integer.class)).contains(2);
			assertThat(CompletableFuture.supplyAsync(() -> near().get("tx", Integer.class)).join()).contains(1);
			throw new IllegalStateException("rolled back");
		}));
		assertThat(near().get("tx", Integer.class)).contains(1);
		application.platform().transaction(() -> {
			near().set("tx", 3);
			near().get("tx", Integer.class);
			CompletableFuture.supplyAsync(() -> near().get("tx", Integer.class)).join();
		});
		assertThat(near().get("tx", Integer.class)).contains(3);
	}

	@Test
	void keepsNothingOfAnOldSnapshot() {
		near().set("snapshot", 1);
		application.platform().transaction(() -> {
			assertThat(near().get("snapshot", Integer.class)).contains(1);
			CompletableFuture.runAsync(() -> near().set("snapshot", 2)).join();
			near().get("snapshot", Integer.class);
		});
		assertThat(near().get("snapshot", Integer.class)).contains(2);
	}

	@Test
	void isNeverStalerThanItsBoundThoughNobodyTells() throws SQLException {
		Cache bound = application.platform().cache("bound");
		bound.set("silent", 1);
		assertThat(bound.get("silent", Integer.class)).contains(1);
		setBehindTheBack("silent", 2);
		await().until(() -> bound.get("silent", Integer.class).equals(Optional.of(2)));
	}

	@Test
	void keepsNothingBeyondItsTimeToLive() {
		near().set("ttl", 1, Duration.ofMillis(300));
		near().get("ttl", Integer.class);
		await().until(() -> near().get("ttl", Integer.class).isEmpty());
	}

	@Test
	void forgetsAllWhenItsConnectionBroke() throws SQLException {
		near().set("broken", 1);
		assertThat(near().get("broken", Integer.class)).contains(1);
		setBehindTheBack("broken", 2);
		assertThat(near().get("broken", Integer.class)).contains(1);
		database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
				+ "WHERE application_name = 'ikigai-listen' AND datname = current_database()");
		await().until(() -> near().get("broken", Integer.class).equals(Optional.of(2)));
		await().until(() -> listening(application) && listening(other));
	}

	@Test
	void keepsNoOldValueUnderFire() {
		List<CompletableFuture<Void>> threads = IntStream.range(0, 6)
			.mapToObj((thread) -> CompletableFuture.runAsync(() -> {
				Cache cache = (thread % 2 == 0) ? near() : far();
				for (int i = 0; i < 150; i++) {
					long mine = cache.increment("fire", 1);
					assertThat(cache.get("fire", Long.class).orElseThrow()).isGreaterThanOrEqualTo(mine);
				}
			}))
			.toList();
		threads.forEach(CompletableFuture::join);
		await().until(() -> Map.of("fire", 900L).equals(near().getAll(List.of("fire"), Long.class))
				&& Map.of("fire", 900L).equals(far().getAll(List.of("fire"), Long.class)));
	}

}
