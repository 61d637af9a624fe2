package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import javax.sql.DataSource;

import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.transaction.CallerTransactions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Claims that begin where the last one ended, as they do while a transaction that stays
 * open fills the claim's index with what is claimed already.
 */
class CrowdedQueueIntegrationTests {

	private static final Duration SLOW = Duration.ofSeconds(1);

	private static final Duration LEASE = Duration.ofSeconds(30);

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final Wakeups wakeups = new Wakeups();

	private CrowdedQueues crowded;

	private JdbcTemplate jdbc;

	private TaskClaims claims;

	@BeforeEach
	void createTable() {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		DataSource dataSource = new DriverManagerDataSource(database.url(), database.username(), database.password());
		Schema schema = new Schema("public");
		new SchemaMigration(dataSource, dataSource, schema).migrate();
		this.jdbc = new JdbcTemplate(dataSource);
		this.crowded = new CrowdedQueues(this.wakeups, this.timer, Duration.ofSeconds(5));
		this.claims = new TaskClaims(this.jdbc, schema, new TaskRow(JsonMapper.shared()), "agent", UUID.randomUUID(),
				this.crowded, (released) -> {
				});
	}

	@AfterEach
	void shutdown() {
		this.timer.shutdownNow();
	}

	private void enqueue(String name, int priority, int second) {
		this.jdbc.update(
				"INSERT INTO task_queue (queue_name, payload, priority, scheduled_for, created_at) VALUES "
						+ "('q', to_jsonb(?), ?, now(), TIMESTAMPTZ '2026-01-01Z' + make_interval(secs => ?))",
				name, priority, second);
	}

	private List<TaskClaim> claim(int max) {
		return this.claims.claim("q", max, LEASE, false);
	}

	private static List<String> names(List<TaskClaim> claims) {
		return claims.stream().map((claim) -> claim.json().replace("\"", "")).toList();
	}

	private List<TaskClaim> claimTwoOfThreeSlowly() {
		enqueue("before", 0, 1);
		enqueue("last", 0, 2);
		enqueue("next", 0, 3);
		List<TaskClaim> first = claim(2);
		this.crowded.claimedFromAll("q", first, SLOW);
		return first;
	}

	@Test
	void beginsWhereTheLastClaimEnded() {
		enqueue("before", 5, 1);
		enqueue("last", 5, 2);
		enqueue("next", 5, 3);
		enqueue("higher", 9, 4);
		List<TaskClaim> first = claim(3);
		assertThat(names(first)).containsExactly("higher", "before", "last");
		this.crowded.claimedFromAll("q", first, SLOW);
		this.jdbc.update("UPDATE task_queue SET claimed_by = NULL WHERE payload = '\"before\"'");
		enqueue("higher again", 9, 1);
		assertThat(names(claim(2))).containsExactly("higher again", "next");
		// Nothing is left beyond the place: the whole queue is looked through
		assertThat(names(claim(1))).containsExactly("before");
		enqueue("lower", 1, 1);
		assertThat(names(claim(5))).containsExactly("lower");
		assertThat(claim(1)).isEmpty();
	}

	@Test
	void looksThroughTheWholeQueueSoonAfterAClaimThatPassedOverSome() throws Exception {
		claimTwoOfThreeSlowly();
		this.jdbc.update("UPDATE task_queue SET claimed_by = NULL WHERE payload = '\"before\"'");
		CountDownLatch woken = new CountDownLatch(1);
		try (AutoCloseable waiting = this.wakeups.addQueue("q", woken::countDown)) {
			assertThat(names(claim(10))).containsExactly("next");
			Waits.open("the wake-up", woken);
		}
		assertThat(names(claim(10))).containsExactly("before");
	}

	@Test
	void looksThroughTheWholeQueueOnceTasksAreRedriven() {
		claimTwoOfThreeSlowly();
		this.jdbc.update("UPDATE task_queue SET failed_at = now() WHERE claimed_by IS NOT NULL");
		DataSource dataSource = Objects.requireNonNull(this.jdbc.getDataSource());
		try (QueueAnnouncer announcer = new QueueAnnouncer(this.jdbc,
				new CallerTransactions(dataSource, dataSource, new JdbcTransactionManager(dataSource)), this.wakeups,
				this.timer, QueueAnnouncer.PAUSE)) {
			PostgresTaskInspection inspection = new PostgresTaskInspection(this.jdbc, new Schema("public"),
					JsonMapper.shared(), "agent", 5, announcer, this.crowded);
			assertThat(inspection.redriveFailed("q")).isEqualTo(2);
		}
		assertThat(names(claim(10))).containsExactly("before", "last", "next");
	}

	@Test
	void looksThroughTheWholeQueueOnceItIsNotCrowdedAnyMore() {
		List<TaskClaim> first = claimTwoOfThreeSlowly();
		assertThat(this.crowded.place("q")).isNotNull();
		this.crowded.claimedFromAll("q", first, Duration.ZERO);
		assertThat(this.crowded.place("q")).isNull();
		this.jdbc.update("UPDATE task_queue SET claimed_by = NULL WHERE payload = '\"before\"'");
		assertThat(names(claim(1))).containsExactly("before");
	}

	@Test
	void claimsInATransactionFromAPlaceToo() {
		enqueue("last", 0, 1);
		enqueue("next", 0, 2);
		this.crowded.claimedFromAll("q", claim(1), SLOW);
		assertThat(names(this.claims.claim("q", 5, LEASE, true))).containsExactly("next");
	}

}
