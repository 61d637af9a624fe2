package io.ikigai.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * A contestant with its database and its processes.
 */
final class QueueTeam implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final BenchmarkServer server;

	private final QueueContestant contestant;

	private final String name;

	private final String database;

	private final List<WorkerProcess> processes;

	QueueTeam(BenchmarkServer server, QueueContestant contestant, String name, String database,
			List<WorkerProcess> processes) {
		this.server = server;
		this.contestant = contestant;
		this.name = name;
		this.database = database;
		this.processes = processes;
	}

	QueueContestant contestant() {
		return this.contestant;
	}

	String database() {
		return this.database;
	}

	WorkerProcess first() {
		return this.processes.get(0);
	}

	WorkerProcess last() {
		return this.processes.get(this.processes.size() - 1);
	}

	List<WorkerProcess> processes() {
		return this.processes;
	}

	/**
	 * Empties the tables.
	 */
	void empty() throws SQLException {
		this.server.execute(this.database, "TRUNCATE " + this.contestant.tables());
	}

	/**
	 * Empties the tables, and puts the database into the state that everybody has.
	 */
	void prepare() throws SQLException {
		empty();
		this.server.settle(this.database);
	}

	/**
	 * Enqueues ready tasks, and puts the database into the state that everybody has.
	 */
	void fill(String queue, int tasks) throws IOException, SQLException {
		first().ask("bulk " + queue + " " + tasks);
		this.server.settle(this.database);
	}

	/**
	 * Handles what was enqueued with all processes.
	 * @return tasks per second, from the first handler's call to the last completion, or
	 * where the contestant does not record it, to the last handler's call
	 */
	double drain(String queue, int tasks) throws Exception {
		for (WorkerProcess process : this.processes) {
			process.ask("reset");
		}
		Handled handled = consumeAll(queue, tasks);
		for (WorkerProcess process : this.processes) {
			process.ask("stop");
		}
		long end = Math.max(handled.last, lastCompletion(tasks));
		return tasks / ((end - handled.first) / 1e6);
	}

	private Handled consumeAll(String queue, int tasks) throws Exception {
		List<CompletableFuture<Void>> starting = new ArrayList<>();
		for (WorkerProcess process : this.processes) {
			starting.add(CompletableFuture.runAsync(() -> {
				try {
					process.ask("consume " + queue);
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			}));
		}
		CompletableFuture.allOf(starting.toArray(CompletableFuture[]::new)).get();
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		Handled handled = handled();
		while (handled.count < tasks) {
			if (System.nanoTime() > deadline) {
				throw new IOException("only %d of %d tasks were handled".formatted(handled.count, tasks));
			}
			LockSupport.parkNanos(20_000_000);
			handled = handled();
		}
		return handled;
	}

	private Handled handled() throws IOException {
		long count = 0;
		long first = Long.MAX_VALUE;
		long last = 0;
		for (WorkerProcess process : this.processes) {
			String[] words = process.ask("handled").split(" ");
			long own = Long.parseLong(words[0]);
			if (own > 0) {
				count += own;
				first = Math.min(first, Long.parseLong(words[1]));
				last = Math.max(last, Long.parseLong(words[2]));
			}
		}
		return new Handled(count, first, last);
	}

	/**
	 * Stops consumers have completed everything; when they did is in our table.
	 */
	private long lastCompletion(int tasks) throws Exception {
		if (!this.contestant.tables().startsWith("task_queue")) {
			return 0;
		}
		String found = this.server.query(this.database, """
				SELECT count(*) FILTER (WHERE completed_at IS NULL AND claimed_by IS NOT NULL) || ' ' ||
					coalesce((extract(epoch FROM max(completed_at)) * 1000000)::bigint, 0)
				FROM task_queue""");
		String[] words = found.split(" ");
		if (!words[0].equals("0")) {
			throw new IOException("%s of %d tasks were not completed".formatted(words[0], tasks));
		}
		return Long.parseLong(words[1]);
	}

	@Override
	public void close() throws Exception {
		for (WorkerProcess process : this.processes) {
			process.close();
		}
		this.server.execute("postgres", "DROP DATABASE %s WITH (FORCE)".formatted(this.database));
	}

	@Override
	public String toString() {
		return this.name;
	}

	private record Handled(long count, long first, long last) {
	}

}
