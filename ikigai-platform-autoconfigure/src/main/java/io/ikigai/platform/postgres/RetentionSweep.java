package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import io.ikigai.platform.queue.TaskInspection;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.integration.jdbc.lock.DefaultLockRepository;
import org.springframework.integration.jdbc.lock.JdbcLockRegistry;
import org.springframework.integration.support.locks.DistributedLock;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;

/**
 * Deletes what is past its retention. One process at a time, by Spring Integration's lock
 * in the database.
 */
final class RetentionSweep {

	private static final Log logger = LogFactory.getLog(RetentionSweep.class);

	private static final Duration LOCK_TTL = Duration.ofMinutes(5);

	private static final int ROWS_PER_DELETE = 5000;

	private final TaskInspection tasks;

	private final JdbcClient jdbc;

	private final Schema schema;

	private final Duration completed;

	private final Duration failed;

	private final Map<String, Runnable> more;

	/** What could not be deleted when it was last tried, with the reasons. */
	private final Map<String, String> failing = new ConcurrentHashMap<>();

	private final Duration messages;

	private final DistributedLock lock;

	RetentionSweep(JdbcTemplate jdbc, DataSource direct, Schema schema, TaskInspection tasks, Duration completed,
			Duration failed, Duration messages, Map<String, Runnable> more) {
		this.tasks = tasks;
		this.jdbc = JdbcClient.create(jdbc);
		this.schema = schema;
		this.completed = completed;
		this.failed = failed;
		this.more = Map.copyOf(more);
		this.messages = messages;
		DefaultLockRepository repository = new DefaultLockRepository(direct);
		repository.setPrefix(schema.sql("{schema}.ikigai_"));
		repository.setRegion("sweep");
		repository.setTransactionManager(new JdbcTransactionManager(direct));
		repository.setCheckDatabaseOnStart(false);
		repository.afterPropertiesSet();
		repository.afterSingletonsInstantiated();
		repository.start();
		this.lock = new JdbcLockRegistry(repository, LOCK_TTL).obtain("retention");
	}

	void run() {
		try {
			if (this.lock.tryLock(0, TimeUnit.SECONDS)) {
				try {
					sweep();
				}
				finally {
					this.lock.unlock();
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException | Error ex) {
			// Thrown on, it would end the sweeps for good
			failed("retention", ex);
		}
	}

	/**
	 * Returns what fails, with the reasons. May be called by any thread.
	 */
	Map<String, String> failing() {
		return Map.copyOf(this.failing);
	}

	// What cannot be deleted keeps nothing else from being so
	private void step(String name, Runnable deletion) {
		try {
			deletion.run();
			if (this.failing.remove(name) != null) {
				logger.info("Housekeeping '" + name + "' works again");
			}
		}
		catch (RuntimeException | Error ex) {
			failed(name, ex);
		}
	}

	private void failed(String name, Throwable error) {
		if (this.failing.put(name, "What is past its retention stays: " + error.getMessage()) == null) {
			logger.warn("Housekeeping '" + name + "' fails; it is tried again every minute, and all other "
					+ "housekeeping goes on. What is past its retention stays", error);
		}
	}

	private void deleteExpiredValues() {
		int deleted = ROWS_PER_DELETE;
		while (deleted == ROWS_PER_DELETE) {
			deleted = this.jdbc.sql(this.schema.sql("""
					DELETE FROM {schema}.ikigai_cache WHERE expires_at <= statement_timestamp()
						AND ctid = ANY(ARRAY(SELECT ctid FROM {schema}.ikigai_cache
							WHERE expires_at <= statement_timestamp() LIMIT ? FOR UPDATE SKIP LOCKED))"""))
				.param(ROWS_PER_DELETE)
				.update();
		}
		// What processes that died while they loaded left behind.
		this.jdbc.sql(this.schema.sql("""
				DELETE FROM {schema}.ikigai_cache_load
				WHERE loading_until < statement_timestamp() - interval '1 minute'""")).update();
	}

	// Unread replies are those to processes that are gone.
	private void sweepMailboxes() {
		double seconds = PostgresTaskStore.seconds(this.messages);
		// Plain SQL may have written times that never come
		this.jdbc.sql(this.schema.sql("""
				UPDATE {schema}.mailbox SET read_at = statement_timestamp()
				WHERE read_at > statement_timestamp() + interval '1 day'""")).update();
		this.jdbc.sql(this.schema.sql("""
				UPDATE {schema}.mailbox SET created_at = statement_timestamp()
				WHERE starts_with(mailbox_name, 'ikigai-reply-') AND read_at IS NULL
					AND (created_at IS NULL OR created_at > statement_timestamp() + interval '1 day')""")).update();
		int deleted = this.jdbc.sql(this.schema.sql("""
				DELETE FROM {schema}.mailbox WHERE read_at < statement_timestamp() - make_interval(secs => ?)"""))
			.param(seconds)
			.update();
		deleted += this.jdbc.sql(this.schema.sql("""
				DELETE FROM {schema}.mailbox
				WHERE starts_with(mailbox_name, 'ikigai-reply-') AND read_at IS NULL
					AND created_at < statement_timestamp() - greatest(make_interval(secs => ?), interval '1 day')"""))
			.param(seconds)
			.update();
		this.jdbc.sql(this.schema.sql("""
				DELETE FROM {schema}.ikigai_mailbox_consumer
				WHERE lease_expires_at < statement_timestamp() - interval '1 day'""")).update();
		if (deleted > 0) {
			logger.debug("Deleted " + deleted + " messages past their retention");
		}
	}

	private void sweep() {
		this.failing.remove("retention");
		step("retention-tasks", this::sweepTasks);
		step("retention-agents", () -> this.jdbc.sql(this.schema.sql("""
				DELETE FROM {schema}.ikigai_agent_instance
				WHERE status <> 'running' AND last_heartbeat < statement_timestamp() - interval '1 day'""")).update());
		step("retention-cache", this::deleteExpiredValues);
		this.more.forEach(this::step);
		step("retention-mailboxes", this::sweepMailboxes);
		step("retention-outbox", this::sweepOutbox);
	}

	// What cannot be sent is shown for as long as failed tasks are
	private void sweepOutbox() {
		this.jdbc.sql(this.schema.sql("""
				DELETE FROM {schema}.ikigai_outbox
				WHERE failed_at < statement_timestamp() - make_interval(secs => ?)"""))
			.param(PostgresTaskStore.seconds(this.failed))
			.update();
		long left = this.jdbc
			.sql(this.schema.sql("SELECT count(*) FROM {schema}.ikigai_outbox WHERE error IS NOT NULL"))
			.query(Long.class)
			.single();
		if (left > 0) {
			this.failing.put("outbox",
					left + " messages of ikigai_outbox cannot be sent: its column error has the reasons");
		}
		else {
			this.failing.remove("outbox");
		}
	}

	private void sweepTasks() {
		long deleted = this.tasks.deleteFinished(this.completed, this.failed);
		if (deleted > 0) {
			logger.debug("Deleted " + deleted + " finished tasks past their retention");
		}
	}

}
