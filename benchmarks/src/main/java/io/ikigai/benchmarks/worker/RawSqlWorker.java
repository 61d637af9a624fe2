package io.ikigai.benchmarks.worker;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

/**
 * The limit: plain SQL on the platform's own table, with its indexes and triggers,
 * without leases, fencing, retries or notifications.
 */
final class RawSqlWorker implements QueueWorker {

	private static final int ROWS_PER_STATEMENT = 1000;

	// enqueued_by keeps the trigger quiet, so that nothing is notified.
	private static final String INSERT = "INSERT INTO task_queue (id, queue_name, payload, enqueued_by) "
			+ "VALUES (?, ?, CAST(? AS jsonb), 'raw')";

	private static final String INSERT_MANY = """
			INSERT INTO task_queue (id, queue_name, payload, enqueued_by)
			SELECT n.id, ?, n.payload::jsonb, 'raw' FROM unnest(?, ?) AS n(id, payload)""";

	private final TimeBasedEpochGenerator ids = Generators.timeBasedEpochGenerator();

	private final HikariDataSource pool;

	private final HandlerCount count;

	private @Nullable RawSqlConsumers consumers;

	RawSqlWorker(WorkerDatabase database, HandlerCount count) throws SQLException {
		this.pool = database.pool();
		// The limit must not depend on what the planner believes of a table that was
		// empty a
		// moment ago: claims go along the index.
		this.pool.setConnectionInitSql("SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off");
		this.count = count;
		try (Connection connection = this.pool.getConnection()) {
			connection.createStatement().execute(WrittenRow.CREATE);
		}
	}

	@Override
	public void enqueue(Consumption queue, Payload payload) throws SQLException {
		try (Connection connection = this.pool.getConnection();
				PreparedStatement insert = connection.prepareStatement(INSERT)) {
			insert.setObject(1, this.ids.generate());
			insert.setString(2, queue.name());
			insert.setString(3, payload.json());
			insert.executeUpdate();
		}
	}

	@Override
	public void enqueueInBulk(Consumption queue, int tasks) throws SQLException {
		try (Connection connection = this.pool.getConnection();
				PreparedStatement insert = connection.prepareStatement(INSERT_MANY)) {
			for (int from = 0; from < tasks; from += ROWS_PER_STATEMENT) {
				int rows = Math.min(ROWS_PER_STATEMENT, tasks - from);
				UUID[] keys = new UUID[rows];
				String[] payloads = new String[rows];
				for (int i = 0; i < rows; i++) {
					keys[i] = this.ids.generate();
					payloads[i] = Payload.plain().json();
				}
				insert.setString(1, queue.name());
				insert.setArray(2, connection.createArrayOf("uuid", keys));
				insert.setArray(3, connection.createArrayOf("text", payloads));
				insert.executeUpdate();
			}
		}
	}

	@Override
	public void consume(Consumption queue) {
		this.consumers = new RawSqlConsumers(this.pool, this.count, queue);
	}

	@Override
	public void stop() throws Exception {
		if (this.consumers != null) {
			this.consumers.close();
			this.consumers = null;
		}
	}

	@Override
	public void close() throws Exception {
		stop();
		this.pool.close();
	}

}
