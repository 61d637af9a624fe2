package io.ikigai.platform.postgres;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.queue.ListenedTask;
import io.ikigai.platform.queue.StaleClaimException;
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
 * What lost connections do to an agent that lives.
 */
class LostConnectionIntegrationTests {

	private static final Log logger = LogFactory.getLog(LostConnectionIntegrationTests.class);

	private static final int TASKS = 2000;

	/** How many connections are lost at least. */
	private static final int LOST = 50;

	private static final String QUEUE = "shaky";

	private final Set<UUID> accepted = ConcurrentHashMap.newKeySet();

	private final AtomicInteger lostConnections = new AtomicInteger();

	private final AtomicInteger failures = new AtomicInteger();

	@Test
	void loseNothingAndCompleteNothingTwice() throws Exception {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		LocalAgent.createEffects(database);
		ScheduledExecutorService terminator = Executors.newSingleThreadScheduledExecutor();
		ExecutorService threads = Executors.newFixedThreadPool(3);
		try (LocalAgent agent = LocalAgent.start(database, "shaky", "logging.level.com.zaxxer.hikari=error",
				"logging.level.io.ikigai.platform.postgres.ListenConnection=error",
				"logging.level.io.ikigai.platform.postgres.QueueAnnouncer=error",
				"logging.level.io.ikigai.platform.runtime=error", "ikigai.queues.max-worker-deaths=1000")) {
			terminator.scheduleAtFixedRate(() -> terminate(database), 200, 200, TimeUnit.MILLISECONDS);
			Future<?> producer = threads.submit(() -> enqueue(agent));
			Future<?> first = threads.submit(() -> work(agent, producer));
			Future<?> second = threads.submit(() -> work(agent, producer));
			Waits.value("the end of the producer", producer);
			terminator.shutdownNow();
			Waits.value("the end of the first worker", first);
			Waits.value("the end of the second worker", second);
			logger.warn("Lost " + this.lostConnections + " connections, " + this.failures + " calls failed, "
					+ this.accepted.size() + " tasks were accepted");
			assertThat(this.accepted).hasSizeGreaterThanOrEqualTo(TASKS);
			assertThat(this.lostConnections).hasValueGreaterThanOrEqualTo(LOST);
			verify(new JdbcTemplate(
					new DriverManagerDataSource(database.url(), database.username(), database.password())));
		}
		finally {
			terminator.shutdownNow();
			threads.shutdownNow();
		}
	}

	@Test
	void keepLeasesWhenNetworkSwallowsEverything() throws Exception {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		LocalAgent.createEffects(database);
		try (SwallowingNetwork network = new SwallowingNetwork(database);
				LocalAgent other = LocalAgent.start(database, "other");
				LocalAgent agent = LocalAgent.start(network.database(), "agent",
						"spring.datasource.hikari.connection-timeout=1000", "logging.level.com.zaxxer.hikari=error")) {
			UUID id = other.queue(QUEUE).enqueue(Map.of());
			ListenedTask task = agent.awaitTask(QUEUE, 15);
			// The connection for leases is there too.
			await().until(() -> lease(other, id).isAfter(task.claimedAt().plusSeconds(16)));
			Instant before = lease(other, id);
			network.swallow();
			await().until(() -> lease(other, id).isAfter(before));
			assertThat(other.queue(QUEUE).claim()).isEmpty();
			assertThat(other.queue(QUEUE).find(id).orElseThrow().attempt()).isEqualTo(1);
			// Else the agent's pool would try each of its connections for seconds as it
			// stops.
			network.close();
		}
	}

	private static Instant lease(LocalAgent agent, UUID id) {
		Instant lease = agent.queue(QUEUE).find(id).orElseThrow().leaseExpiresAt();
		return (lease != null) ? lease : Instant.EPOCH;
	}

	// Not through the agent's pool, in which there are dead connections.
	private void verify(JdbcTemplate jdbc) {
		List<UUID> effects = jdbc.queryForList("SELECT task_id FROM effect", UUID.class);
		assertThat(effects).doesNotHaveDuplicates().containsAll(this.accepted);
		List<UUID> completed = jdbc.queryForList("SELECT id FROM task_queue WHERE completed_at IS NOT NULL",
				UUID.class);
		assertThat(completed).containsExactlyInAnyOrderElementsOf(effects);
		assertThat(jdbc.queryForObject("SELECT count(*) FROM task_queue", Integer.class)).as("none left, none failed")
			.isEqualTo(effects.size());
	}

	private void terminate(PostgresDatabase database) {
		if (this.lostConnections.get() >= LOST) {
			return;
		}
		try {
			String terminated = database.queryForText("""
					SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
					WHERE datname = current_database() AND pid <> pg_backend_pid()""");
			this.lostConnections.addAndGet(Integer.parseInt(String.valueOf(terminated)));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void enqueue(LocalAgent agent) {
		int n = 0;
		while (this.accepted.size() < TASKS || this.lostConnections.get() < LOST) {
			Map<String, Integer> payload = Map.of("n", n++);
			this.accepted.add(retried(() -> agent.queue(QUEUE).enqueue(payload)));
		}
	}

	private void work(LocalAgent agent, Future<?> producer) {
		while (true) {
			boolean last = producer.isDone();
			List<ListenedTask> tasks = retried(() -> agent.queue(QUEUE).claim(10, Duration.ofSeconds(2)));
			for (ListenedTask task : tasks) {
				complete(agent, task);
			}
			// What was claimed by a call that failed comes back when its lease ends.
			if (last && tasks.isEmpty() && retried(() -> agent
				.count("SELECT count(*) FROM task_queue WHERE completed_at IS NULL AND failed_at IS NULL")) == 0) {
				return;
			}
		}
	}

	private void complete(LocalAgent agent, ListenedTask task) {
		try {
			retried(() -> {
				task.complete(() -> agent.recordEffect(task.id()));
				return task;
			});
		}
		catch (StaleClaimException ex) {
			// An earlier try was committed though its answer was lost, or the lease has
			// ended and another claim does it.
			this.failures.incrementAndGet();
		}
	}

	private <T> T retried(Callable<T> call) {
		while (true) {
			try {
				return call.call();
			}
			catch (DataAccessException | TransactionException ex) {
				this.failures.incrementAndGet();
			}
			catch (RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

}
