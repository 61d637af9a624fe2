package io.ikigai.benchmarks.worker;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

/**
 * db-scheduler with lock-and-fetch, priorities and immediate execution.
 */
final class DbSchedulerWorker implements QueueWorker {

	private static final int THREADS = 50;

	private static final int INSTANCES_PER_BATCH = 1000;

	private static final String TABLE = """
			CREATE TABLE scheduled_tasks (
				task_name TEXT NOT NULL, task_instance TEXT NOT NULL, task_data BYTEA,
				execution_time TIMESTAMPTZ NOT NULL, picked BOOLEAN NOT NULL, picked_by TEXT,
				last_success TIMESTAMPTZ, last_failure TIMESTAMPTZ, consecutive_failures INT,
				last_heartbeat TIMESTAMPTZ, version BIGINT NOT NULL, priority SMALLINT,
				PRIMARY KEY (task_name, task_instance));
			CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time);
			CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat);
			CREATE INDEX priority_execution_time_idx ON scheduled_tasks (priority DESC, execution_time ASC);
			""";

	private final HikariDataSource pool;

	private final Task<Payload> nothing;

	private final Task<Payload> traffic;

	private final SchedulerClient client;

	private @Nullable Scheduler scheduler;

	DbSchedulerWorker(WorkerDatabase database, HandlerCount count) throws SQLException {
		this.pool = database.pool();
		try (Connection connection = this.pool.getConnection()) {
			if (!connection.getMetaData().getTables(null, null, "scheduled_tasks", null).next()) {
				connection.createStatement().execute(TABLE);
			}
		}
		this.nothing = Tasks.oneTime("nothing", Payload.class)
			.execute((instance, context) -> count.handled(instance.getData().sent()));
		this.traffic = Tasks.oneTime("traffic", Payload.class).execute((instance, context) -> {
		});
		this.client = SchedulerClient.Builder.create(this.pool, this.nothing, this.traffic).enablePriority().build();
	}

	@Override
	public void enqueue(Consumption queue, Payload payload) {
		client().schedule(instance(queue, payload), Instant.now());
	}

	@Override
	public void enqueueInBulk(Consumption queue, int tasks) {
		for (int from = 0; from < tasks; from += INSTANCES_PER_BATCH) {
			client().scheduleBatch(Stream.<TaskInstance<?>>generate(() -> instance(queue, Payload.plain()))
				.limit(Math.min(INSTANCES_PER_BATCH, tasks - from))
				.toList(), Instant.now());
		}
	}

	private SchedulerClient client() {
		Scheduler running = this.scheduler;
		return (running != null) ? running : this.client;
	}

	private TaskInstance<Payload> instance(Consumption queue, Payload payload) {
		Task<Payload> task = (queue == Consumption.TRAFFIC) ? this.traffic : this.nothing;
		return task.instance(UUID.randomUUID().toString(), payload);
	}

	/**
	 * Handles all tasks, whatever the queue: a scheduler has one.
	 */
	@Override
	public void consume(Consumption queue) {
		if (this.scheduler != null) {
			return;
		}
		Scheduler started = new SchedulerBuilder(this.pool, List.of(this.nothing, this.traffic)).threads(THREADS)
			.pollUsingLockAndFetch(1.0, 4.0)
			.enablePriority()
			.enableImmediateExecution()
			.shutdownMaxWait(Duration.ofSeconds(10))
			.build();
		started.start();
		this.scheduler = started;
	}

	@Override
	public void stop() {
		if (this.scheduler != null) {
			this.scheduler.stop();
			this.scheduler = null;
		}
	}

	@Override
	public void close() {
		stop();
		this.pool.close();
	}

}
