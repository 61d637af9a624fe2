package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import io.ikigai.platform.Platform;
import io.ikigai.platform.agent.AgentInfo;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskPage;
import io.ikigai.platform.queue.TaskPages;
import io.ikigai.platform.queue.TaskQuery;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.Op;
import io.ikigai.platform.telemetry.Aggregation;
import io.ikigai.platform.telemetry.TelemetryBucket;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.assertj.core.api.SoftAssertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Rows that plain SQL may write and no reader expects: none stops a reader, or takes its
 * neighbours with it.
 */
class HostileRowsIntegrationTests {

	private static final String DIGITS = "(SELECT jsonb_agg('1e131071'::jsonb) FROM generate_series(1, %d))";

	private static PostgresDatabase database;

	private static LocalAgent agent;

	private final String name = "hostile-" + UUID.randomUUID();

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().freshDatabase();
		agent = LocalAgent.start(database, "reader", "ikigai.queues.poll-interval=10m");
	}

	@AfterAll
	static void stop() {
		agent.close();
	}

	private static JdbcTemplate jdbc() {
		return agent.jdbc();
	}

	// 9,000 numbers take the server more memory than it has for one value, 1,200 much of
	// this process's; both are few bytes as they are stored
	@ParameterizedTest
	@ValueSource(ints = { 9000, 1200 })
	void aPayloadThatGrowsFailsAlone(int numbers) {
		UUID before = agent.queue(this.name).enqueue("before");
		jdbc().update("INSERT INTO task_queue (queue_name, payload) SELECT ?, " + DIGITS.formatted(numbers), this.name);
		UUID after = agent.queue(this.name).enqueue("after");
		assertThat(agent.queue(this.name).list(TaskState.READY, 10)).hasSize(3)
			.filteredOn((task) -> task.error() != null)
			.singleElement()
			.satisfies((task) -> assertThat(task.json()).isEqualTo("\"unreadable\""));
		List<Task> claimed = agent.queue(this.name).claim(10);
		assertThat(claimed).extracting(Task::id).containsExactly(before, after);
		claimed.forEach(Task::complete);
		assertThat(agent.queue(this.name).list(TaskState.FAILED, 10)).singleElement()
			.satisfies((task) -> assertThat(task.error()).contains("Unreadable payload"));
		assertThat(TaskPages.all(agent.queue(this.name), TaskQuery.all().withText("before"))).hasSize(1);
	}

	// To write one of them would take the server seconds
	@Test
	void manyPayloadsThatGrowFailInOneClaim() {
		jdbc().update("""
				INSERT INTO task_queue (queue_name, payload, headers)
				SELECT ?, CASE WHEN i % 2 = 0 THEN v ELSE '1' END, CASE WHEN i % 2 = 1 THEN v END
				FROM generate_series(1, 20) i, (SELECT\s""" + DIGITS.formatted(9000) + " AS v) large", this.name);
		UUID after = agent.queue(this.name).enqueue("after");
		assertThat(agent.queue(this.name).list(TaskState.READY, 50)).hasSize(21);
		assertThat(TaskPages.all(agent.queue(this.name), TaskQuery.all().withText("after"))).hasSize(1);
		List<Task> claimed = agent.queue(this.name).claim(50);
		assertThat(claimed).extracting(Task::id).containsExactly(after);
		claimed.forEach(Task::complete);
		assertThat(agent.queue(this.name).stats().failed()).isEqualTo(20);
	}

	// Each can be read, and all together would be more than this process can hold
	@ParameterizedTest
	@ValueSource(ints = { 100, 6 })
	void aClaimTakesNoMoreThanItCanHold(int numbers) {
		jdbc().update("INSERT INTO task_queue (queue_name, payload) SELECT ?, " + DIGITS.formatted(numbers)
				+ " FROM generate_series(1, ?)", this.name, 1200 / numbers);
		UUID after = agent.queue(this.name).enqueue("after");
		assertThat(agent.queue(this.name).list(TaskState.READY, 500)).hasSize(1200 / numbers + 1)
			.satisfies((tasks) -> assertThat(tasks.stream().mapToLong((task) -> task.json().length()).sum())
				.isLessThan(64 * 1024 * 1024));
		List<UUID> ids = new ArrayList<>();
		while (!ids.contains(after)) {
			List<Task> claimed = agent.queue(this.name).claim(500);
			assertThat(claimed).isNotEmpty();
			assertThat(claimed.stream().mapToLong((task) -> task.json().length()).sum()).isLessThan(64 * 1024 * 1024);
			claimed.forEach((task) -> assertThat(task.attempt()).isEqualTo(1));
			claimed.forEach(Task::complete);
			claimed.forEach((task) -> ids.add(task.id()));
		}
		assertThat(ids).hasSize(1200 / numbers + 1).doesNotHaveDuplicates().last().isEqualTo(after);
	}

	@Test
	void aReceiveTakesNoMoreThanItCanHold() {
		jdbc().update("""
				INSERT INTO mailbox (mailbox_name, sender, payload)
				SELECT ?, 'psql', CASE WHEN i % 6 = 0 THEN o.v ELSE v.v END FROM generate_series(1, 12) i,
					(SELECT\s""" + DIGITS.formatted(100) + " AS v) v, (SELECT " + DIGITS.formatted(9000) + " AS v) o",
				this.name);
		UUID after = agent.platform().mailbox(this.name).send("after");
		assertThat(agent.platform()
			.mailbox(this.name)
			.list(500)
			.stream()
			.mapToLong((message) -> message.json().length())
			.sum()).isLessThan(64 * 1024 * 1024);
		List<UUID> ids = new ArrayList<>();
		while (!ids.contains(after)) {
			List<MailboxMessage> received = agent.platform().mailbox(this.name).receive(500);
			assertThat(received).isNotEmpty();
			assertThat(received.stream().mapToLong((message) -> message.json().length()).sum())
				.isLessThan(64 * 1024 * 1024);
			received.forEach((message) -> assertThat(message.attempt()).isEqualTo(1));
			received.forEach(MailboxMessage::acknowledge);
			received.forEach((message) -> ids.add(message.id()));
		}
		assertThat(ids).hasSize(11).last().isEqualTo(after);
		assertThat(agent.platform().mailbox(this.name).unread()).isZero();
	}

	@Test
	void aPayloadThatGrowsFailsAloneInATransaction() {
		jdbc().update("INSERT INTO task_queue (queue_name, payload) SELECT ?, " + DIGITS.formatted(9000), this.name);
		UUID after = agent.queue(this.name).enqueue("after");
		agent.platform().transaction(() -> {
			List<Task> claimed = agent.platform().queue(this.name).claim(10);
			assertThat(claimed).extracting(Task::id).containsExactly(after);
			claimed.forEach(Task::complete);
		});
		assertThat(agent.queue(this.name).stats().failed()).isEqualTo(1);
	}

	@Test
	void aMessageThatGrowsIsGivenUpAlone() {
		UUID before = agent.platform().mailbox(this.name).send("before");
		jdbc().update("INSERT INTO mailbox (mailbox_name, sender, payload) SELECT ?, 'psql', " + DIGITS.formatted(9000),
				this.name);
		UUID after = agent.platform().mailbox(this.name).send("after");
		assertThat(agent.platform().mailbox(this.name).list(10)).hasSize(3);
		List<MailboxMessage> received = agent.platform().mailbox(this.name).receive(10);
		assertThat(received).extracting(MailboxMessage::id).containsExactly(before, after);
		received.forEach(MailboxMessage::acknowledge);
		assertThat(agent.platform().mailbox(this.name).unread()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "infinity", "-infinity", "294276-12-31 23:59:59+00", "4713-01-01 00:00:00+00 BC" })
	void aTimeWithoutEndStopsNoReader(String time) {
		jdbc().update("""
				INSERT INTO task_queue (queue_name, payload, created_at, scheduled_for)
				VALUES (?, '"odd"', ?::timestamptz, now() - interval '1 s')""", this.name, time);
		jdbc().update("""
				INSERT INTO task_queue (queue_name, payload, created_at, scheduled_for)
				SELECT ?, '"odd"', ?::timestamptz, ?::timestamptz FROM generate_series(1, 2)""", this.name, time, time);
		agent.queue(this.name).enqueue("even");
		assertThat(TaskPages.all(agent.queue(this.name), TaskQuery.all())).hasSize(4);
		int paged = 0;
		TaskQuery query = TaskQuery.all().withLimit(1);
		while (query != null) {
			TaskPage page = agent.queue(this.name).find(query);
			paged += page.tasks().size();
			query = (page.next() != null) ? query.withAfter(page.next()) : null;
		}
		assertThat(paged).isEqualTo(4);
		assertThat(agent.queue(this.name).stats().oldestReadyAge()).isNotNull();
		List<Task> claimed = agent.queue(this.name).claim(10);
		assertThat(claimed).hasSizeBetween(2, 4);
		claimed.forEach((task) -> assertThat(task.createdAt().toString()).hasSizeBetween(20, 30));
		claimed.forEach(Task::complete);
		assertThat(agent.queue(this.name).list(TaskState.COMPLETED, 10)).hasSize(claimed.size());
		jdbc().update("UPDATE task_queue SET completed_at = 'infinity', claimed_at = '-infinity' WHERE queue_name = ?",
				this.name);
		assertThat(TaskPages.all(agent.queue(this.name), TaskQuery.all())).hasSize(4)
			.extracting(TaskInfo::createdAt)
			.allSatisfy((at) -> assertThat(at.toEpochMilli()).isNotNull());
		jdbc().update(
				"INSERT INTO mailbox (mailbox_name, sender, payload, created_at) VALUES (?, 'psql', '1', ?::timestamptz)",
				this.name, time);
		assertThat(agent.platform().mailbox(this.name).list(10)).hasSize(1);
		agent.platform().mailbox(this.name).receive().orElseThrow().acknowledge();
	}

	@Test
	void numbersAtTheirEndsStopNoReader() {
		UUID id = UUID.randomUUID();
		assertThatExceptionOfType(DataIntegrityViolationException.class)
			.isThrownBy(() -> jdbc().update("INSERT INTO task_queue (queue_name, payload, attempt) VALUES (?, '1', ?)",
					this.name, Integer.MAX_VALUE))
			.withMessageContaining("ikigai_task_queue_ranges");
		jdbc().execute("ALTER TABLE task_queue DROP CONSTRAINT ikigai_task_queue_ranges");
		jdbc().execute("ALTER TABLE mailbox DROP CONSTRAINT ikigai_mailbox_ranges");
		jdbc().update("""
				INSERT INTO task_queue (id, queue_name, payload, attempt, deaths, priority)
				VALUES (?, ?, '1', 2147483647, -2147483648, 2147483647)""", id, this.name);
		UUID beside = agent.queue(this.name).enqueue("beside");
		List<Task> claimed = agent.queue(this.name).claim(10);
		assertThat(claimed).extracting(Task::id).containsExactly(id, beside);
		claimed.forEach(Task::release);
		jdbc().update("""
				INSERT INTO mailbox (mailbox_name, sender, payload, attempt, failures)
				VALUES (?, 'psql', '1', 2147483647, 2147483647)""", this.name);
		UUID next = agent.platform().mailbox(this.name).send("next");
		agent.platform().mailbox(this.name).receive().orElseThrow().release();
		List<MailboxMessage> received = agent.platform().mailbox(this.name).receive(10);
		assertThat(received).extracting(MailboxMessage::id).contains(next);
		received.forEach(MailboxMessage::acknowledge);
	}

	@Test
	void anEventWithAnAbsurdTimeOrValueStopsNoReader() {
		for (String time : List.of("infinity", "-infinity", "294276-12-31 23:59:59+00", "4713-01-01 00:00:00+00 BC")) {
			jdbc().update("""
					INSERT INTO telemetry (agent_name, event_type, payload, created_at)
					VALUES ('psql', ?, '{"v": 1}', ?::timestamptz)""", this.name, time);
		}
		for (String value : List.of("1e290", "-1e290", "2", "1e131071", "\"x\"")) {
			jdbc().update("INSERT INTO telemetry (agent_name, event_type, payload) VALUES ('psql', ?, ?::jsonb)",
					this.name, "{\"v\": " + value + "}");
		}
		jdbc().update(
				"INSERT INTO telemetry (agent_name, event_type, payload) SELECT 'psql', ?, " + DIGITS.formatted(9000),
				this.name);
		TelemetryQuery ofTest = TelemetryQuery.all().withType(this.name);
		for (Aggregation aggregation : Aggregation.values()) {
			for (Duration bucket : List.of(Duration.ofMillis(1), Duration.ofDays(366))) {
				List<TelemetryBucket> series = agent.platform().telemetry().series(ofTest, bucket, "v", aggregation);
				assertThat(series).as(aggregation + " " + bucket).isNotEmpty();
			}
		}
		assertThat(agent.platform().telemetry().query(ofTest)).hasSize(10)
			.allSatisfy((event) -> assertThat(event.createdAt().toEpochMilli()).isNotNull());
		assertThat(agent.platform().telemetry().query(ofTest.withText("x"))).isNotEmpty();
	}

	@Test
	void aNullNameSaysSo() {
		Platform platform = agent.platform();
		List<ThrowingCallable> calls = List.of(() -> platform.queue(null), () -> platform.mailbox(null),
				() -> platform.cache(null), () -> platform.pubsub().publish(null, 1),
				() -> platform.pubsub().subscribe(null, Object.class, (message) -> {
				}), () -> platform.storage().documents(null, Object.class),
				() -> platform.storage().documents("x", Object.class).get(null),
				() -> platform.storage().documents("x", Object.class).put(null, 1),
				() -> platform.storage().documents("x", Object.class).delete(null),
				() -> platform.cache("x").get(null, Object.class), () -> platform.cache("x").set(null, 1),
				() -> platform.cache("x").delete(null), () -> platform.cache("x").increment(null, 1),
				() -> platform.telemetry().emit(null, 1), () -> platform.agents().find(null),
				() -> TaskQuery.all().withText(null), () -> DocumentQuery.all().where(null, Op.EQ, 1));
		SoftAssertions softly = new SoftAssertions();
		for (int i = 0; i < calls.size(); i++) {
			Throwable thrown = catchThrowable(calls.get(i));
			if (thrown != null) {
				softly.assertThat(thrown)
					.as("call " + i)
					.isInstanceOf(IllegalArgumentException.class)
					.hasMessageContaining("null");
			}
		}
		softly.assertAll();
	}

	@Test
	void anAgentThatOthersRegisterStopsNoReader() {
		jdbc().update("""
				INSERT INTO agent_registry (name, version, manifest, deployed_at, status, last_heartbeat, server)
				VALUES ('odd', 'none', '[null]', 'infinity', 'elsewhere', '-infinity', NULL)""");
		jdbc().update(
				"INSERT INTO agent_registry (name, version, manifest) SELECT 'large', 'x', " + DIGITS.formatted(1200));
		assertThat(agent.platform().agents().list()).extracting(AgentInfo::name).contains("odd", "large", "reader");
	}

}
