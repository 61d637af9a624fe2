package io.ikigai.benchmarks.worker;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

/**
 * Claims 500 tasks and completes the 500 before in one statement, on two connections.
 * With a row to write, claims are as large, and each task has a transaction on one of 16
 * connections.
 */
final class RawSqlConsumers implements AutoCloseable {

	private static final int BATCH = 500;

	private static final String DEADLOCK = "40P01";

	private static final String CLAIM = """
			WITH completed AS (
				UPDATE task_queue SET completed_at = statement_timestamp() WHERE id = ANY (?)
			), picked AS MATERIALIZED (
				SELECT ctid AS place FROM task_queue
				WHERE queue_name = ? AND claimed_by IS NULL AND scheduled_for <= statement_timestamp()
				ORDER BY priority DESC, created_at LIMIT 500 FOR UPDATE SKIP LOCKED
			)
			UPDATE task_queue t SET claimed_by = 'raw', claimed_at = statement_timestamp()
			FROM picked p WHERE t.ctid = p.place RETURNING t.id, t.payload""";

	private static final String COMPLETE = "UPDATE task_queue SET completed_at = statement_timestamp() WHERE id = ?";

	private final DataSource pool;

	private final HandlerCount count;

	private final Consumption queue;

	private final Queue<UUID> ready = new ArrayDeque<>();

	private final List<Thread> threads = new ArrayList<>();

	private volatile boolean wanted = true;

	RawSqlConsumers(DataSource pool, HandlerCount count, Consumption queue) {
		this.pool = pool;
		this.count = count;
		this.queue = queue;
		boolean writing = queue == Consumption.WRITE || queue == Consumption.WRITE_IN_TRANSACTION;
		for (int i = 0; i < (writing ? 16 : 2); i++) {
			Thread thread = new Thread(() -> run(writing), "raw-" + i);
			thread.start();
			this.threads.add(thread);
		}
	}

	private void run(boolean writing) {
		try (Connection connection = this.pool.getConnection();
				PreparedStatement claim = connection.prepareStatement(CLAIM)) {
			if (writing) {
				write(connection, claim);
			}
			else {
				handle(connection, claim);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void handle(Connection connection, PreparedStatement claim) throws SQLException {
		List<UUID> last = List.of();
		while (this.wanted || !last.isEmpty()) {
			List<UUID> next = claim(connection, claim, last);
			this.count.completed(last.size());
			last = next;
			if (last.isEmpty()) {
				LockSupport.parkNanos(1_000_000);
			}
		}
	}

	private void write(Connection connection, PreparedStatement claim) throws SQLException {
		try (PreparedStatement insert = connection.prepareStatement(WrittenRow.INSERT);
				PreparedStatement complete = connection.prepareStatement(COMPLETE)) {
			while (this.wanted) {
				UUID id = next(connection, claim);
				if (id == null) {
					LockSupport.parkNanos(1_000_000);
					continue;
				}
				connection.setAutoCommit(false);
				insert.setString(1, Payload.plain().url());
				insert.executeUpdate();
				complete.setObject(1, id);
				complete.executeUpdate();
				connection.commit();
				connection.setAutoCommit(true);
				this.count.completed(1);
			}
		}
	}

	private @Nullable UUID next(Connection connection, PreparedStatement claim) throws SQLException {
		synchronized (this.ready) {
			if (this.ready.isEmpty()) {
				this.ready.addAll(claim(connection, claim, List.of()));
			}
			return this.ready.poll();
		}
	}

	/**
	 * What completes and claims in one statement can meet another that does, each waiting
	 * for a row of the other.
	 */
	private List<UUID> claim(Connection connection, PreparedStatement claim, List<UUID> done) throws SQLException {
		while (true) {
			try {
				return claimOnce(connection, claim, done);
			}
			catch (SQLException ex) {
				if (!DEADLOCK.equals(ex.getSQLState())) {
					throw ex;
				}
			}
		}
	}

	private List<UUID> claimOnce(Connection connection, PreparedStatement claim, List<UUID> done) throws SQLException {
		claim.setArray(1, connection.createArrayOf("uuid", done.toArray()));
		claim.setString(2, this.queue.name());
		List<UUID> claimed = new ArrayList<>(BATCH);
		try (ResultSet rows = claim.executeQuery()) {
			while (rows.next()) {
				claimed.add(rows.getObject(1, UUID.class));
				// A worker would read it.
				rows.getString(2);
			}
		}
		if (!claimed.isEmpty()) {
			this.count.began();
		}
		return claimed;
	}

	@Override
	public void close() throws InterruptedException {
		this.wanted = false;
		for (Thread thread : this.threads) {
			thread.join();
		}
	}

}
