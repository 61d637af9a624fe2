package io.ikigai.platform.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.postgres.OrderApplication.Order;
import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testservers.NatsServer;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RedisServer;
import io.ikigai.platform.testservers.Shutdown;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What handlers of a queue on PostgreSQL send to mailboxes on NATS and to topics on
 * Redis. The handlers are in a process of their own; this one receives.
 */
class BrokerOutboxIntegrationTests {

	/** How many orders are handled while the brokers are away. */
	private static final int ORDERS = 12;

	private final String name = "orders " + UUID.randomUUID();

	private final List<Integer> told = new CopyOnWriteArrayList<>();

	private PostgresDatabase database;

	private LocalAgent receiver;

	private Subscription subscription;

	@BeforeEach
	void createDatabase() throws Exception {
		this.database = PostgresServer.shared().freshDatabase();
		LocalAgent.createEffects(this.database);
	}

	@AfterEach
	void stop() {
		if (this.subscription != null) {
			this.subscription.close();
			this.subscription = null;
		}
		if (this.receiver != null) {
			this.receiver.close();
			this.receiver = null;
		}
	}

	private void receive(String nats, String redis) {
		this.receiver = LocalAgent.start(this.database, "receiver", services(nats, redis));
		this.subscription = this.receiver.platform().pubsub().subscribe(this.name, Integer.class, this.told::add);
	}

	private AgentProcess startSender(String nats, String redis) throws Exception {
		List<String> properties = new ArrayList<>(List.of(services(nats, redis)));
		properties.add("test.orders=" + this.name);
		AgentProcess sender = AgentProcess.start(this.database, "sender", properties.toArray(String[]::new));
		sender.await("ready");
		return sender;
	}

	private static String[] services(String nats, String redis) {
		return new String[] { "ikigai.services.queues=postgres", "ikigai.services.mailboxes=nats",
				"ikigai.services.pubsub=redis", "ikigai.nats.url=" + nats, "ikigai.redis.url=" + redis };
	}

	@Test
	void sendsNothingOfWhatWasRolledBack() throws Exception {
		String nats = NatsServer.shared().url();
		String redis = RedisServer.shared().url();
		receive(nats, redis);
		try (AgentProcess sender = startSender(nats, redis)) {
			int number = 0;
			for (String queue : List.of("orders-leased", "orders-transactional", "orders-in-transaction")) {
				TaskInfo failed = handle(queue, new Order(-5, 5, "fail"));
				assertThat(failed.state()).isEqualTo(TaskState.FAILED);
				assertThat(failed.error()).contains("deliberate");
				assertThat(handle(queue, new Order(number, 3, "well")).state()).isEqualTo(TaskState.COMPLETED);
				number += 3;
			}
			assertThat(payloads(receiveAll(9))).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
			await().untilAsserted(() -> assertThat(this.told).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8));
			assertThat(effects()).isEqualTo(3);
			await().until(() -> left() == 0);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "orders-leased", "orders-in-transaction" })
	void sendsEverythingOfAProcessThatDiedRightAfterTheCommit(String queue) throws Exception {
		String nats = NatsServer.shared().url();
		String redis = RedisServer.shared().url();
		receive(nats, redis);
		try (AgentProcess sender = startSender(nats, redis)) {
			UUID id = this.receiver.queue(queue).enqueue(new Order(1, 5, "halt"));
			assertThat(sender.await("left")).isEqualTo("left 10");
			sender.await("ended");
			assertThat(payloads(receiveAll(5))).containsExactly(1, 2, 3, 4, 5);
			await().untilAsserted(() -> assertThat(this.told).containsExactly(1, 2, 3, 4, 5));
			await().until(() -> left() == 0);
			assertThat(this.receiver.queue(queue).find(id)).get()
				.extracting(TaskInfo::state)
				.isEqualTo(TaskState.COMPLETED);
			assertThat(this.receiver.effects(id)).isEqualTo(1);
		}
	}

	@Test
	void sendsUnderTheSameIdAgainWhatMayHaveArrived() throws Exception {
		String nats = NatsServer.shared().url();
		String redis = RedisServer.shared().url();
		receive(nats, redis);
		// Whoever has sent something cannot say so
		this.database.execute("""
				CREATE SEQUENCE sent;
				CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
					$$ BEGIN PERFORM nextval('sent'); RAISE EXCEPTION 'deliberate'; END $$;
				CREATE TRIGGER refuse BEFORE DELETE ON ikigai_outbox FOR EACH STATEMENT EXECUTE FUNCTION refuse()""");
		List<UUID> ids;
		try (AgentProcess sender = startSender(nats, redis)) {
			this.receiver.queue("orders-leased").enqueue(new Order(1, 5, "well"));
			await().until(() -> this.receiver.count("SELECT last_value FROM sent") >= 6);
			ids = this.receiver.jdbc()
				.queryForList("SELECT id FROM ikigai_outbox WHERE service = 'mailboxes' ORDER BY position", UUID.class);
			sender.kill();
		}
		this.database.execute("DROP TRIGGER refuse ON ikigai_outbox");
		await().until(() -> left() == 0);
		List<MailboxMessage> messages = receiveAll(5);
		assertThat(payloads(messages)).containsExactly(1, 2, 3, 4, 5);
		assertThat(messages).extracting(MailboxMessage::id).isEqualTo(ids);
		await().untilAsserted(() -> assertThat(this.told).containsExactly(1, 2, 3, 4, 5));
	}

	@Test
	void losesAndReordersNothingWhileTheBrokersAreAway() throws Exception {
		try (NatsServer nats = NatsServer.dedicated(); RedisServer redis = RedisServer.dedicated()) {
			receive(nats.url(), redis.url());
			try (AgentProcess sender = startSender(nats.url(), redis.url())) {
				handle("orders-leased", new Order(0, 2, "well"));
				assertThat(payloads(receiveAll(2))).containsExactly(0, 1);
				// What was sent is deleted a moment later
				await().until(() -> left() == 0);
				nats.stop(Shutdown.IMMEDIATE);
				redis.stop(Shutdown.IMMEDIATE);
				int end = handleOrders();
				assertThat(left()).isEqualTo(2 * (end - 2));
				// What is published before subscribers are back is lost to them
				sender.freeze();
				nats.start();
				redis.start();
				await().ignoreExceptions().until(() -> {
					this.receiver.platform().pubsub().publish(this.name, -1);
					return this.told.contains(-1);
				});
				sender.thaw();
				handle("orders-leased", new Order(end, 2, "well"));
				await().until(() -> left() == 0);
				List<Integer> all = IntStream.range(0, end + 2).boxed().toList();
				assertThat(payloads(receiveAll(end))).isEqualTo(all.subList(2, end + 2));
				await().until(() -> this.told.contains(end + 1));
				assertThat(this.told.stream().filter((number) -> number >= 0).toList()).isEqualTo(all);
			}
			stop();
		}
	}

	/**
	 * Handlers go on, and their tasks are completed.
	 * @return the number after the last one that was sent
	 */
	private int handleOrders() {
		int next = 2;
		for (int i = 0; i < ORDERS; i++) {
			assertThat(handle("orders-leased", new Order(next, 2, "well")).state()).isEqualTo(TaskState.COMPLETED);
			next += 2;
		}
		return next;
	}

	private TaskInfo handle(String queue, Order order) {
		UUID id = this.receiver.queue(queue).enqueue(order);
		return await().until(() -> this.receiver.queue(queue).find(id).orElseThrow(),
				(task) -> task.state() == TaskState.COMPLETED || task.state() == TaskState.FAILED);
	}

	/**
	 * Until there are so many, and no further one.
	 */
	private List<MailboxMessage> receiveAll(int count) {
		List<MailboxMessage> messages = new ArrayList<>();
		await().ignoreExceptions().until(() -> {
			for (MailboxMessage message : this.receiver.platform().mailbox(this.name).receive(100)) {
				message.acknowledge();
				messages.add(message);
			}
			return messages.size() >= count;
		});
		await().until(() -> left() == 0);
		assertThat(this.receiver.platform().mailbox(this.name).unread()).isZero();
		return messages;
	}

	private static List<Integer> payloads(List<MailboxMessage> messages) {
		return messages.stream().map((message) -> message.payload(Integer.class)).toList();
	}

	private int effects() {
		return this.receiver.count("SELECT count(*) FROM effect");
	}

	private int left() {
		return this.receiver.count("SELECT count(*) FROM ikigai_outbox");
	}

}
