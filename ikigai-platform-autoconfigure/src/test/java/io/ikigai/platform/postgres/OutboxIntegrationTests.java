package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.ikigai.platform.outbox.OutboxMessage;
import io.ikigai.platform.outbox.OutboxStore;
import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.pubsub.TopicSubscriber;
import io.ikigai.platform.runtime.ForeignTopicStore;
import io.ikigai.platform.runtime.PlatformTransactions;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What transactions leave for another backend, which here writes down what it gets and
 * may be away.
 */
class OutboxIntegrationTests {

	/** How often a process looks for what others have left. */
	private static final Duration LOOK = Duration.ofMillis(100);

	private final Broker broker = new Broker();

	private PostgresDatabase database;

	private LocalAgent agent;

	private ForeignTopicStore topics;

	@BeforeEach
	void start() {
		this.database = PostgresServer.shared().freshDatabase();
		this.agent = LocalAgent.start(this.database, "sender");
		this.topics = topics(this.agent, this.broker);
	}

	private static ForeignTopicStore topics(LocalAgent agent, Broker broker) {
		return topics(agent, broker, agent.bean(OutboxStore.class));
	}

	private static ForeignTopicStore topics(LocalAgent agent, Broker broker, OutboxStore outbox) {
		return new ForeignTopicStore(broker, outbox, agent.bean(PlatformTransactions.class), LOOK);
	}

	@AfterEach
	void stop() {
		this.topics.close();
		this.agent.close();
	}

	private void publish(Object message) {
		this.topics.publish("t", UUID.randomUUID(), String.valueOf(message));
	}

	private int left() {
		return this.agent.count("SELECT count(*) FROM ikigai_outbox");
	}

	@Test
	void sendsWhatWasCommittedBeforeTheCallReturns() {
		this.agent.platform().transaction(() -> {
			publish(1);
			publish(2);
			assertThat(this.broker.got).isEmpty();
		});
		assertThat(this.broker.got).containsExactly("1", "2");
		assertThat(left()).isZero();
	}

	@Test
	void sendsNothingOfWhatWasRolledBack() {
		assertThatIllegalStateException().isThrownBy(() -> this.agent.platform().transaction((Runnable) () -> {
			publish(1);
			throw new IllegalStateException("deliberate");
		}));
		this.agent.platform().transaction(() -> publish(2));
		assertThat(this.broker.got).containsExactly("2");
	}

	@Test
	void sendsDirectlyOutsideTransactions() {
		publish(1);
		assertThat(this.broker.got).containsExactly("1");
		this.broker.away = true;
		assertThatExceptionOfType(DataAccessResourceFailureException.class).isThrownBy(() -> publish(2));
		assertThat(left()).isZero();
	}

	@Test
	void losesAndReordersNothingWhileTheBackendIsAway() {
		this.broker.away = true;
		List<String> sent = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			int number = i;
			sent.add(String.valueOf(number));
			this.agent.platform().transaction(() -> publish(number));
		}
		// What is not in a transaction does not overtake.
		publish("\"direct\"");
		sent.add("\"direct\"");
		assertThat(this.broker.got).isEmpty();
		assertThat(left()).isEqualTo(31);
		this.broker.away = false;
		await().until(() -> left() == 0);
		assertThat(this.broker.got).isEqualTo(sent);
		publish("after");
		assertThat(this.broker.got).hasSize(32);
	}

	@Test
	void keepsTheOrderOfMoreThanOneReading() {
		this.agent.platform().transaction(() -> IntStream.range(0, 1300).forEach(this::publish));
		await().until(() -> left() == 0);
		assertThat(this.broker.got).isEqualTo(IntStream.range(0, 1300).mapToObj(String::valueOf).toList());
	}

	@Test
	void takesOverWhatAProcessHasLeftThatIsGone() {
		UUID gone = UUID.randomUUID();
		for (int i = 0; i < 3; i++) {
			this.agent.jdbc()
				.update("INSERT INTO ikigai_outbox (service, sender, destination, id, body) VALUES (?, ?, ?, ?, ?)",
						"pubsub", gone, "t", UUID.randomUUID(), String.valueOf(i));
		}
		await().until(() -> left() == 0);
		assertThat(this.broker.got).containsExactly("0", "1", "2");
	}

	@Test
	void keepsWhatCannotBeSentAndSendsTheRest() {
		UUID gone = UUID.randomUUID();
		for (String body : List.of("1", "no json", "", "\"\\u0000\"", "{", "2", "\"refused\"", "3")) {
			this.agent.jdbc()
				.update("""
						INSERT INTO ikigai_outbox (service, sender, destination, id, body, created_at)
						VALUES ('pubsub', ?, 't', ?, ?, CASE WHEN ? = '2' THEN 'infinity' ELSE now() END::timestamptz)""",
						gone, UUID.randomUUID(), body, body);
		}
		await().until(() -> this.broker.got.contains("3"));
		await().until(() -> left() == 5);
		assertThat(this.broker.got).containsSubsequence("1", "2", "3").containsOnly("1", "2", "3");
		assertThat(this.agent.jdbc()
			.queryForList("SELECT error FROM ikigai_outbox WHERE error IS NOT NULL ORDER BY position", String.class))
			.hasSize(5)
			.satisfies((errors) -> assertThat(errors.get(0)).contains("cannot be read"))
			.last()
			.asString()
			.contains("refused: as promised");
		this.agent.platform().transaction(() -> publish(4));
		assertThat(this.broker.got).endsWith("4");
	}

	@Test
	void leavesAloneWhatALivingProcessCannotSendYet() {
		Broker other = new Broker();
		other.away = true;
		try (LocalAgent living = LocalAgent.start(this.database, "living");
				ForeignTopicStore slow = topics(living, other)) {
			living.platform().transaction(() -> slow.publish("t", UUID.randomUUID(), "\"mine\""));
			AtomicInteger looks = new AtomicInteger();
			OutboxStore outbox = this.agent.bean(OutboxStore.class);
			try (ForeignTopicStore looking = topics(this.agent, this.broker, new LookedAt(outbox, looks))) {
				await("more looks of the first process").until(() -> looks.get() > 2);
			}
			assertThat(this.broker.got).isEmpty();
			other.away = false;
			await().until(() -> other.got.contains("\"mine\""));
		}
		assertThat(this.broker.got).isEmpty();
	}

	@Test
	void hasWhatAStoppedProcessCouldNotSendSentByAnother() {
		Broker away = new Broker();
		away.away = true;
		try (LocalAgent stopping = LocalAgent.start(this.database, "stopping");
				ForeignTopicStore never = topics(stopping, away)) {
			stopping.platform().transaction(() -> never.publish("t", UUID.randomUUID(), "\"left\""));
		}
		await().until(() -> this.broker.got.contains("\"left\""));
	}

	/**
	 * Counts how often it is asked for what others have left.
	 *
	 * @param store the outbox
	 * @param looks counts
	 */
	private record LookedAt(OutboxStore store, AtomicInteger looks) implements OutboxStore {

		@Override
		public void add(List<OutboxMessage> messages) {
			this.store.add(messages);
		}

		@Override
		public Next next(String service, int max) {
			return this.store.next(service, max);
		}

		@Override
		public void delete(List<OutboxMessage> messages) {
			this.store.delete(messages);
		}

		@Override
		public void fail(OutboxMessage message, String error) {
			this.store.fail(message, error);
		}

		@Override
		public int takeOver(String service) {
			int taken = this.store.takeOver(service);
			this.looks.incrementAndGet();
			return taken;
		}

	}

	/**
	 * Writes down what it gets.
	 */
	private static final class Broker implements TopicStore {

		final List<String> got = new CopyOnWriteArrayList<>();

		volatile boolean away;

		@Override
		public void publish(String topic, UUID id, String json) {
			if (this.away) {
				throw new DataAccessResourceFailureException("away");
			}
			if (json.contains("refused")) {
				throw new IllegalArgumentException("as promised");
			}
			this.got.add(json);
		}

		@Override
		public Subscription subscribe(Set<String> topics, TopicSubscriber subscriber) {
			throw new UnsupportedOperationException("Nobody subscribes here");
		}

	}

}
