package io.ikigai.platform.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import io.ikigai.platform.pubsub.PubSub;
import io.ikigai.platform.pubsub.PubSubStatus;
import io.ikigai.platform.pubsub.TopicMessage;
import io.ikigai.platform.pubsub.TopicSubscriber;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What only PostgreSQL has: how topic messages are read and swept.
 */
class TopicReaderIntegrationTests {

	private PostgresDatabase database;

	private PostgresApplication application;

	private PubSub pubsub;

	@BeforeEach
	void start() {
		this.database = PostgresServer.shared().freshDatabase();
		this.application = PostgresApplication.start(this.database, "ikigai.pubsub.buffer-size=100",
				"ikigai.pubsub.buffer-memory=2MB");
		this.pubsub = this.application.platform().pubsub();
	}

	@AfterEach
	void stop() {
		this.application.close();
	}

	private PubSubStatus status() {
		return this.application.bean(PubSubStatus.class);
	}

	private List<Integer> subscribe(String topic) {
		List<Integer> arrived = Collections.synchronizedList(new ArrayList<>());
		this.pubsub.subscribe(topic, Integer.class, arrived::add);
		return arrived;
	}

	private List<Integer> subscribe(String topic, CountDownLatch open) {
		List<Integer> arrived = Collections.synchronizedList(new ArrayList<>());
		this.pubsub.subscribe(topic, Integer.class, (message) -> {
			try {
				open.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			arrived.add(message);
		});
		return arrived;
	}

	private void insert(String topic, int from, int to) throws SQLException {
		this.database.execute("INSERT INTO ikigai_topic_message (topic, payload) SELECT '" + topic
				+ "', n::text::json FROM generate_series(" + from + ", " + to + ") AS n");
	}

	private String count() throws SQLException {
		return this.database.queryForText("SELECT count(*) FROM ikigai_topic_message");
	}

	private TopicSweep sweep(Duration retention) {
		return new TopicSweep(this.application.bean(JdbcTemplate.class), new Schema("public"), retention);
	}

	@Test
	void readsABacklogInPagesInOrder() throws Exception {
		List<Integer> fast = subscribe("bulk");
		CountDownLatch open = new CountDownLatch(1);
		List<Integer> slow = subscribe("bulk", open);
		List<Integer> other = subscribe("other");
		insert("bulk", 1, 20_000);
		this.pubsub.publish("other", 1);
		insert("bulk", 20_001, 20_700);
		List<Integer> expected = IntStream.rangeClosed(1, 20_700).boxed().toList();
		await().until(() -> fast.size() >= expected.size());
		assertThat(fast).isEqualTo(expected);
		await().until(() -> other.size() == 1);
		assertThat(slow).isEmpty();
		// Late, while the slow one is within its backlog.
		List<Integer> late = subscribe("bulk");
		open.countDown();
		insert("bulk", 20_701, 20_710);
		await().until(() -> slow.size() >= 20_710);
		assertThat(slow).isEqualTo(IntStream.rangeClosed(1, 20_710).boxed().toList());
		await().until(() -> late.size() >= 10);
		assertThat(late).isEqualTo(IntStream.rangeClosed(20_701, 20_710).boxed().toList());
	}

	@Test
	void readsLargeMessagesInPages() throws Exception {
		CountDownLatch open = new CountDownLatch(1);
		List<Integer> slow = new CopyOnWriteArrayList<>();
		this.pubsub.subscribe("large", String.class, (message) -> {
			try {
				open.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			slow.add(message.length());
		});
		List<Integer> fast = new CopyOnWriteArrayList<>();
		this.pubsub.subscribe("large", String.class, (message) -> fast.add(message.length()));
		this.database.execute("INSERT INTO ikigai_topic_message (topic, payload) "
				+ "SELECT 'large', to_json(repeat('x', 1000000 + n)) FROM generate_series(1, 30) AS n");
		List<Integer> expected = IntStream.rangeClosed(1_000_001, 1_000_030).boxed().toList();
		await().untilAsserted(() -> assertThat(fast).isEqualTo(expected));
		open.countDown();
		await().untilAsserted(() -> assertThat(slow).isEqualTo(expected));
	}

	@Test
	void sweepsWhatWasVisibleForTheRetentionOnly() throws Exception {
		List<Integer> arrived = subscribe("sweep");
		insert("sweep", 1, 12_000);
		CountDownLatch published = new CountDownLatch(1);
		CountDownLatch commit = new CountDownLatch(1);
		Thread late = new Thread(() -> this.application.platform().transaction(() -> {
			this.pubsub.publish("sweep", 0);
			published.countDown();
			try {
				commit.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}));
		late.start();
		published.await();
		sweep(Duration.ZERO).run();
		assertThat(count()).as("no snapshot was old enough").isEqualTo("12000");
		assertThat(this.database.queryForText("SELECT max(id) FROM ikigai_topic_sweep")).isEqualTo("1");
		insert("sweep", 12_001, 12_001);
		sweep(Duration.ofMinutes(1)).run();
		assertThat(count()).isEqualTo("12001");
		commit.countDown();
		late.join();
		await().until(() -> arrived.size() == 12_002);
		// The second one, which has seen all but what was committed late.
		this.database.execute("DELETE FROM ikigai_topic_sweep WHERE id > 2");
		sweep(Duration.ZERO).run();
		assertThat(count()).as("what the snapshot did not see stays").isEqualTo("1");
		// Readers that have all are told of no loss.
		insert("sweep", 12_002, 12_002);
		await().until(() -> arrived.size() == 12_003);
		sweep(Duration.ZERO).run();
		assertThat(count()).isEqualTo("1");
		assertThat(this.database.queryForText("SELECT count(*) FROM ikigai_topic_sweep")).isEqualTo("2");
		insert("sweep", 12_003, 12_003);
		await().until(() -> arrived.size() == 12_004);
		assertThat(status().missed()).isZero();
	}

	@Test
	void tellsASubscriberThatWasBehindForLongerThanTheRetention() throws Exception {
		CountDownLatch open = new CountDownLatch(1);
		List<Integer> slow = subscribe("lost", open);
		List<Integer> fast = subscribe("lost");
		insert("lost", 1, 1000);
		await().until(() -> fast.size() == 1000);
		sweep(Duration.ZERO).run();
		sweep(Duration.ZERO).run();
		assertThat(count()).isEqualTo("0");
		open.countDown();
		await().until(() -> status().missed() == 1);
		insert("lost", 1001, 1500);
		await().until(() -> slow.contains(1500) && fast.contains(1500));
		assertThat(slow).isSorted().doesNotHaveDuplicates().startsWith(1, 2, 3).endsWith(1499, 1500);
		assertThat(slow).hasSizeLessThan(1000).containsAll(IntStream.rangeClosed(1001, 1500).boxed().toList());
		assertThat(fast).isEqualTo(IntStream.rangeClosed(1, 1500).boxed().toList());
		assertThat(status().missed()).isEqualTo(1);
	}

	@Test
	void leavesMessagesOfAnotherServerAlone() throws Exception {
		List<Integer> arrived = subscribe("copied");
		this.database
			.execute("INSERT INTO ikigai_topic_message (topic, payload, xid) VALUES ('copied', '1', '9000000000'); "
					+ "INSERT INTO ikigai_topic_sweep (snapshot, swept) VALUES ('9000000000:9000000000:', true)");
		this.pubsub.publish("copied", 2);
		await().until(() -> arrived.size() == 1);
		assertThat(arrived).containsExactly(2);
		sweep(Duration.ofMinutes(1)).run();
		assertThat(count()).isEqualTo("1");
		assertThat(this.database.queryForText("SELECT count(*) FROM ikigai_topic_sweep WHERE swept")).isEqualTo("0");
		assertThat(status().missed()).isZero();
	}

	@Test
	void goesOnWhenTheServerHasGoneBackInTime() throws Exception {
		DataSource dataSource = new DriverManagerDataSource(this.database.url(), this.database.username(),
				this.database.password());
		Recorder recorder = new Recorder();
		try (SideConnection connection = new SideConnection(dataSource, "test", Duration.ofSeconds(20));
				TopicReader reader = new TopicReader(new TopicSql(connection, new Schema("public")))) {
			TopicFeed feed = new TopicFeed(Set.of("past"), recorder, reader::roomAgain);
			reader.add(feed);
			feed.joined().get();
			await().until(() -> reader.position() != null);
			// As if a standby had taken over that had not received everything.
			reader.looked(reader.position(), "9000000000:9000000000:");
			reader.hint();
			await().until(() -> recorder.missed.size() == 1);
			insert("past", 1, 3);
			reader.hint();
			await().until(() -> recorder.arrived.size() == 3);
			assertThat(recorder.arrived).containsExactly("1", "2", "3");
			assertThat(recorder.missed).hasSize(1).first().asString().contains("gone back");
		}
	}

	@Test
	void listensAgainToATopicThatItHadForgotten() throws Exception {
		for (int i = 0; i < 500; i++) {
			this.pubsub.subscribe("short-lived-" + i, Integer.class, (message) -> {
			}).close();
		}
		List<Integer> first = subscribe("short-lived-0");
		List<Integer> last = subscribe("short-lived-499");
		this.pubsub.publish("short-lived-0", 1);
		this.pubsub.publish("short-lived-499", 2);
		await().until(() -> first.size() == 1 && last.size() == 1);
		assertThat(status().subscriptions()).isEqualTo(2);
	}

	@Test
	void readsByTheIndexWhateverThePlannerKnows() throws Exception {
		this.database.execute("ALTER TABLE ikigai_topic_message SET (autovacuum_enabled = false)");
		List<Integer> arrived = subscribe("few");
		for (int i = 0; i < 20; i++) {
			this.pubsub.publish("few", i);
		}
		await().until(() -> arrived.size() == 20);
		try (var connection = this.database.connect(); var statement = connection.createStatement()) {
			for (int i = 0; i < 1000; i++) {
				statement.execute("INSERT INTO ikigai_topic_message (topic, payload) "
						+ "SELECT 'many', '1' FROM generate_series(1, 100)");
			}
		}
		// A busy connection reports each second how it read, and so how it read while the
		// table was small.
		long scansOfFew = statistic("idx_scan");
		await().until(() -> {
			this.pubsub.publish("few", 0);
			return statistic("idx_scan") > scansOfFew + 10;
		});
		// A connection that was idle meanwhile, or the sweep, may report a scan late
		Waits.until("reads by the index only", () -> scansWhileReading(arrived) == 0);
	}

	private long scansWhileReading(List<Integer> arrived) throws SQLException {
		long scans = statistic("seq_scan");
		long indexScans = statistic("idx_scan");
		int before = arrived.size();
		for (int i = 0; i < 20; i++) {
			this.pubsub.publish("few", i);
		}
		await().until(() -> arrived.size() >= before + 20);
		await().until(() -> {
			this.pubsub.publish("few", 0);
			return statistic("idx_scan") > indexScans + 10;
		});
		return statistic("seq_scan") - scans;
	}

	private long statistic(String name) throws SQLException {
		return Long.parseLong(String.valueOf(this.database
			.queryForText("SELECT " + name + " FROM pg_stat_user_tables WHERE relname = 'ikigai_topic_message'")));
	}

	private static final class Recorder implements TopicSubscriber {

		private final List<String> arrived = new CopyOnWriteArrayList<>();

		private final List<String> missed = new CopyOnWriteArrayList<>();

		@Override
		public boolean offer(TopicMessage message, Runnable whenRoom) {
			return this.arrived.add(message.json());
		}

		@Override
		public void missed(String reason) {
			this.missed.add(reason);
		}

	}

}
