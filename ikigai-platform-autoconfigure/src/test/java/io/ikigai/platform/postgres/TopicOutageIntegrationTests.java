package io.ikigai.platform.postgres;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.TransactionException;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What subscribers miss when connections break: nothing.
 */
class TopicOutageIntegrationTests {

	private static final Log logger = LogFactory.getLog(TopicOutageIntegrationTests.class);

	private static final String[] QUIET = { "logging.level.com.zaxxer.hikari=error",
			"logging.level.io.ikigai.platform.postgres=error", "logging.level.io.ikigai.platform.runtime=error" };

	private static final int ROUNDS = 10;

	private static final int CALLERS = 8;

	private final AtomicInteger terminated = new AtomicInteger();

	private volatile boolean done;

	@Test
	void terminatedBackendsCostNoMessageAndNoneComesTwice() throws Exception {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try (LocalAgent subscriber = LocalAgent.start(database, "subscriber", QUIET);
				LocalAgent publisher = LocalAgent.start(database, "publisher", QUIET)) {
			List<Collection<Integer>> all = IntStream.range(0, 3).mapToObj((i) -> {
				Collection<Integer> arrived = new ConcurrentLinkedQueue<>();
				(i < 2 ? subscriber : publisher).platform().pubsub().subscribe("shaky", Integer.class, arrived::add);
				return arrived;
			}).toList();
			Future<Integer> publishing = threads.submit(() -> publish(publisher));
			for (int i = 0; i < ROUNDS; i++) {
				int before = all.get(0).size();
				terminate(database);
				await().until(() -> all.get(0).size() > before);
			}
			this.done = true;
			int failures = Waits.value("the end of the publisher", publishing);
			// What seemed to fail may have been committed: the table knows.
			List<Integer> published = new JdbcTemplate(
					new DriverManagerDataSource(database.url(), database.username(), database.password()))
				.queryForList("SELECT payload::text::int FROM ikigai_topic_message ORDER BY id", Integer.class);
			logger.warn("Ended %d connections; of %d messages %d seemed to fail".formatted(this.terminated.get(),
					published.size(), failures));
			for (Collection<Integer> arrived : all) {
				await().until(() -> arrived.size() >= published.size());
				assertThat(arrived).containsExactlyElementsOf(published);
			}
			assertThat(this.terminated).hasValueGreaterThan(ROUNDS);
			assertThat(published).doesNotHaveDuplicates().isSorted();
		}
		finally {
			threads.shutdownNow();
		}
	}

	private int publish(LocalAgent publisher) {
		int failures = 0;
		for (int n = 0; !this.done; n++) {
			int message = n;
			try {
				if (n % 2 == 0) {
					publisher.platform().pubsub().publish("shaky", message);
				}
				else {
					publisher.platform().transaction(() -> publisher.platform().pubsub().publish("shaky", message));
				}
			}
			catch (DataAccessException | TransactionException ex) {
				failures++;
			}
		}
		return failures;
	}

	@Test
	void callersThatShareStatementsWhoseConnectionsBreakPublishNothingTwice() throws Exception {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
		Collection<Integer> arrived = new ConcurrentLinkedQueue<>();
		Collection<Integer> returned = new ConcurrentLinkedQueue<>();
		AtomicInteger next = new AtomicInteger();
		try (LocalAgent agent = LocalAgent.start(database, "publisher", QUIET)) {
			agent.platform().pubsub().subscribe("crowded", Integer.class, arrived::add);
			List<Future<?>> publishing = new ArrayList<>();
			for (int i = 0; i < CALLERS; i++) {
				publishing.add(threads.submit(() -> {
					while (!this.done) {
						int message = next.incrementAndGet();
						try {
							agent.platform().pubsub().publish("crowded", message);
							returned.add(message);
						}
						catch (DataAccessException ex) {
							logger.debug("One of those whose connection was ended", ex);
						}
					}
				}));
			}
			for (int i = 0; i < ROUNDS; i++) {
				int before = returned.size();
				await().until(() -> returned.size() > before + CALLERS);
				terminate(database);
			}
			this.done = true;
			for (Future<?> each : publishing) {
				Waits.value("the end of each publisher", each);
			}
			await().untilAsserted(() -> assertThat(arrived).containsAll(returned));
			assertThat(arrived).doesNotHaveDuplicates();
			assertThat(this.terminated).hasValueGreaterThan(ROUNDS);
		}
		finally {
			threads.shutdownNow();
		}
	}

	private void terminate(PostgresDatabase database) throws Exception {
		String count = database.queryForText("""
				SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
				WHERE datname = current_database() AND pid <> pg_backend_pid()""");
		this.terminated.addAndGet(Integer.parseInt(String.valueOf(count)));
	}

	@Test
	void messagesThatNobodyHintedAtArrive() throws Exception {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		try (LocalAgent subscriber = LocalAgent.start(database, "subscriber")) {
			List<Integer> arrived = new CopyOnWriteArrayList<>();
			subscriber.platform().pubsub().subscribe("Silent topic", Integer.class, arrived::add);
			for (int i = 0; i < 3; i++) {
				// As the store writes it, by a process that died before it could notify.
				database.execute("INSERT INTO ikigai_topic_message (topic, payload, published_by) "
						+ "VALUES ('Silent topic', '" + i + "'::json, 'gone'), ('another', '0', 'gone')");
				int expected = i + 1;
				await().until(() -> arrived.size() == expected);
			}
			assertThat(arrived).containsExactly(0, 1, 2);
		}
	}

	@Test
	void messagesArriveThoughTheNetworkSwallowsWhatTheConnectionsCarry() throws Exception {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		try (LocalAgent publisher = LocalAgent.start(database, "publisher");
				SwallowingNetwork network = new SwallowingNetwork(database);
				LocalAgent subscriber = LocalAgent.start(network.database(), "subscriber", QUIET)) {
			List<Integer> arrived = new CopyOnWriteArrayList<>();
			subscriber.platform().pubsub().subscribe("away", Integer.class, arrived::add);
			publisher.platform().pubsub().publish("away", 1);
			await().until(() -> arrived.size() == 1);
			network.swallow();
			for (int i = 2; i <= 5; i++) {
				publisher.platform().pubsub().publish("away", i);
			}
			await().until(() -> arrived.size() >= 5);
			assertThat(arrived).containsExactly(1, 2, 3, 4, 5);
			// Else the pool would try each of its connections for seconds as it stops.
			network.close();
		}
	}

}
