package io.ikigai.platform.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import io.ikigai.platform.DrainReport;
import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.NatsServer;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RabbitmqServer;
import io.ikigai.platform.testservers.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What is queued moves from one backend to another, and nothing of it is lost.
 */
class DrainIntegrationTests {

	private static RedisServer redis;

	private static NatsServer nats;

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	@TempDir
	private Path directory;

	@BeforeAll
	static void startServers() {
		redis = RedisServer.dedicated();
		nats = NatsServer.dedicated();
	}

	@AfterAll
	static void stopServers() {
		redis.close();
		nats.close();
	}

	@Test
	void movesTasksThereAndBack() throws IOException {
		Instant later = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MILLIS);
		try (Platform here = connect("queues = postgres"); Platform there = connect("queues = redis")) {
			TaskQueue queue = here.queue("moving");
			UUID claimed = queue.enqueue("claimed");
			Task task = queue.claim().orElseThrow();
			UUID failed = queue.enqueue("failed");
			queue.claim().orElseThrow().fail("broken");
			List<UUID> plain = queue.enqueueAll(IntStream.range(0, 1200).boxed().toList());
			UUID urgent = queue.enqueue("urgent", TaskOptions.of().withPriority(7));
			UUID unique = queue.enqueue("unique",
					TaskOptions.of().withUniqueKey("one").withHeader("kind", "x").withMaxAttempts(9));
			UUID scheduled = queue.enqueue("scheduled",
					TaskOptions.of().withScheduledFor(later).withUniqueKey("later"));

			DrainReport report = here.drainTo(there);

			assertThat(report.tasks()).isEqualTo(1203);
			assertThat(report.finished()).isFalse();
			assertThat(report.queuesLeft().get("moving").claimed()).isEqualTo(1);
			assertThat(queue.find(unique)).isEmpty();
			assertThat(queue.find(failed).orElseThrow().state()).isEqualTo(TaskState.FAILED);
			task.complete();
			assertThat(queue.find(claimed).orElseThrow().state()).isEqualTo(TaskState.COMPLETED);
			assertThat(there.queue("moving").enqueue("x", TaskOptions.of().withUniqueKey("one"))).isEqualTo(unique);
			assertThat(there.queue("moving").enqueue("x", TaskOptions.of().withUniqueKey("later")))
				.isEqualTo(scheduled);

			DrainReport back = there.drainTo(here);

			assertThat(back.finished()).isTrue();
			assertThat(back.tasks()).isEqualTo(1203);
			TaskInfo found = queue.find(unique).orElseThrow();
			assertThat(found.headers()).containsEntry("kind", "x");
			assertThat(found.maxAttempts()).isEqualTo(9);
			assertThat(queue.find(scheduled).orElseThrow().state()).isEqualTo(TaskState.SCHEDULED);
			assertThat(queue.find(scheduled).orElseThrow().scheduledFor()).isEqualTo(later);
			assertThat(queue.stats().ready()).isEqualTo(1202);
			assertThat(queue.claim().orElseThrow().id()).isEqualTo(urgent);
			List<UUID> order = queue.claim(1000).stream().map(Task::id).toList();
			assertThat(order).isEqualTo(plain.subList(0, 1000));
		}
	}

	@Test
	void movesBetweenTheConfigurationsOfTwoFiles() throws IOException {
		Path before = conf("queues = postgres");
		Path after = conf("queues = redis");
		try (Platform platform = Platform.connect(before)) {
			platform.queue("of-files").enqueue("x");
		}
		// tag::drain[]
		DrainReport report;
		try (Platform old = Platform.connect(before); Platform now = Platform.connect(after)) {
			report = old.drainTo(now); // again, until report.finished()
		}
		// end::drain[]
		assertThat(report.finished()).isTrue();
		assertThat(report.tasks()).isOne();
		try (Platform platform = Platform.connect(after)) {
			Task task = platform.queue("of-files").claim().orElseThrow();
			assertThat(task.payload(String.class)).isEqualTo("x");
			task.complete();
		}
	}

	@Test
	void goesOnWhereAnEarlierTryEnded() throws IOException, SQLException {
		try (Platform here = connect("queues = redis"); Platform there = connect("queues = postgres")) {
			List<UUID> ids = here.queue("again").enqueueAll(List.of("a", "b", "c"));
			this.database.execute(
					"INSERT INTO task_queue (id, queue_name, payload) VALUES ('" + ids.get(1) + "', 'again', '\"b\"')");
			assertThat(here.drainTo(there).finished()).isTrue();
			assertThat(there.queue("again").claim(10)).extracting((task) -> task.payload(String.class))
				.containsExactlyInAnyOrder("a", "b", "c");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void movesTasksToRabbitmqAndBack(boolean tracking) throws IOException {
		String services = "queues = rabbitmq\n[rabbitmq]\nurl = " + RabbitmqServer.shared().url() + "\ntracking = "
				+ tracking;
		try (Platform here = connect("queues = postgres"); Platform there = connect(services)) {
			String name = "rabbit " + UUID.randomUUID();
			List<UUID> ids = here.queue(name).enqueueAll(IntStream.range(0, 700).boxed().toList());
			UUID unique = here.queue(name).enqueue("unique", TaskOptions.of().withUniqueKey("one").withPriority(9));
			assertThat(here.drainTo(there).finished()).isTrue();
			assertThat(here.queue(name).stats().ready()).isZero();
			assertThat(there.queue(name).enqueue("x", TaskOptions.of().withUniqueKey("one"))).isEqualTo(unique);
			await().untilAsserted(() -> assertThat(there.drainTo(here).queuesLeft()).doesNotContainKey(name));
			assertThat(here.queue(name).enqueue("x", TaskOptions.of().withUniqueKey("one"))).isEqualTo(unique);
			assertThat(here.queue(name).claim().orElseThrow().id()).isEqualTo(unique);
			assertThat(here.queue(name).claim(1000)).extracting(Task::id).containsExactlyElementsOf(ids);
		}
	}

	@Test
	void movesMessagesInOrder() throws IOException {
		try (Platform one = connect("mailboxes = postgres");
				Platform two = connect("mailboxes = nats");
				Platform three = connect("mailboxes = redis")) {
			List<Integer> sent = new ArrayList<>();
			for (int i = 0; i < 250; i++) {
				one.mailbox("box")
					.send(i, MessageOptions.of()
						.withHeader("n", "" + i)
						.withReplyTo("answers")
						.withCorrelationId("c" + i));
				sent.add(i);
			}
			for (Platform[] step : new Platform[][] { { one, two }, { two, three }, { three, two }, { two, one } }) {
				DrainReport report = step[0].drainTo(step[1]);
				assertThat(report.finished()).isTrue();
				assertThat(report.messages()).isEqualTo(250);
				assertThat(step[0].mailbox("box").unread()).isZero();
				assertThat(step[1].mailbox("box").unread()).isEqualTo(250);
			}
			List<Integer> received = new ArrayList<>();
			for (List<MailboxMessage> some = one.mailbox("box").receive(100); !some.isEmpty(); some = one.mailbox("box")
				.receive(100)) {
				for (MailboxMessage message : some) {
					assertThat(message.sender()).isEqualTo("mover");
					assertThat(message.replyTo()).isEqualTo("answers");
					assertThat(message.headers()).containsEntry("n", message.json());
					assertThat(message.correlationId()).isEqualTo("c" + message.json());
					received.add(message.payload(Integer.class));
					message.acknowledge();
				}
			}
			assertThat(received).isEqualTo(sent);
		}
	}

	@Test
	void leavesWhatIsOnTheSameBackend() throws IOException {
		try (Platform here = connect("queues = postgres"); Platform there = connect("cache = redis")) {
			UUID id = here.queue("staying").enqueue("x");
			DrainReport report = here.drainTo(there);
			assertThat(report.tasks()).isZero();
			assertThat(report.finished()).isTrue();
			assertThat(here.queue("staying").find(id).orElseThrow().state()).isEqualTo(TaskState.READY);
		}
	}

	@Test
	void leavesAMailboxThatIsHeld() throws IOException {
		try (Platform here = connect("mailboxes = postgres");
				Platform holder = connect("mailboxes = postgres");
				Platform there = connect("mailboxes = redis")) {
			here.mailbox("held").send("x");
			MailboxMessage message = holder.mailbox("held").receive(Waits.LIMIT).orElseThrow();
			assertThat(here.drainTo(there).mailboxesLeft()).containsExactly(Map.entry("held", 1L));
			message.release();
			assertThat(here.drainTo(there).finished()).isTrue();
			MailboxMessage moved = there.mailbox("held").receive().orElseThrow();
			assertThat(moved.json()).isEqualTo("\"x\"");
			moved.acknowledge();
		}
	}

	@Test
	void isRefusedInsideATransaction() throws IOException {
		try (Platform here = connect("queues = postgres"); Platform there = connect("queues = redis")) {
			assertThatIllegalStateException().isThrownBy(() -> here.transaction(() -> {
				here.drainTo(there);
			})).withMessageContaining("inside a transaction");
		}
	}

	private Platform connect(String services) throws IOException {
		return Platform.connect(conf(services));
	}

	private Path conf(String services) throws IOException {
		Path conf = Files.createTempFile(this.directory, "ikigai", ".conf");
		return Files.writeString(conf, """
				[services]
				%s
				[postgres]
				url = %s
				username = %s
				password = "%s"
				[redis]
				url = %s
				[nats]
				url = %s
				[agent]
				name = mover
				""".formatted(services, this.database.url(), this.database.username(), this.database.password(),
				redis.url(), nats.url()));
	}

}
