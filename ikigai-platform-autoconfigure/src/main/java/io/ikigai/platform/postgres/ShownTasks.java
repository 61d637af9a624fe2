package io.ikigai.platform.postgres;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import io.ikigai.platform.postgres.TaskRow.Shown;
import io.ikigai.platform.queue.TaskInfo;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Reads tasks to show them. Those for whose texts there is no more room are shown as
 * unreadable.
 */
final class ShownTasks {

	private final JdbcClient jdbc;

	private final String select;

	private final TaskRow rows;

	private final LargeRows<Shown> large;

	/**
	 * Creates the reader.
	 * @param jdbc runs the statements
	 * @param schema the schema
	 * @param select selects tasks, up to the conditions; {@code :most} is how large a
	 * text may be
	 * @param rows reads the rows
	 * @param maxAttempts what tasks without a limit of their own have
	 */
	ShownTasks(JdbcClient jdbc, Schema schema, String select, TaskRow rows, int maxAttempts) {
		this.jdbc = jdbc;
		this.select = select;
		this.rows = rows;
		this.large = new LargeRows<>(schema.largestText(), (ids, most) -> {
			Map<UUID, Shown> read = new HashMap<>();
			jdbc.sql(select + " WHERE id = ANY (:ids)")
				.param("ids", ids.toArray(UUID[]::new))
				.param("maxAttempts", maxAttempts)
				.param("most", most)
				.query((row, number) -> rows.shownTask(row))
				.list()
				.forEach((task) -> read.put(task.info().id(), task));
			return read;
		}, Shown::texts);
	}

	/**
	 * Returns a statement that {@link #read} reads.
	 * @param conditions what follows the selection
	 */
	JdbcClient.StatementSpec statement(String conditions) {
		return this.jdbc.sql(this.select + conditions);
	}

	List<TaskInfo> read(JdbcClient.StatementSpec statement, int limit) {
		List<Shown> tasks = statement.param("most", this.large.each(limit))
			.query((row, number) -> this.rows.shownTask(row))
			.list();
		List<UUID> ids = tasks.stream().filter(this.large::isLarge).map((task) -> task.info().id()).toList();
		Map<UUID, Optional<Shown>> read = this.large.read(ids);
		return tasks.stream()
			.map((task) -> read.getOrDefault(task.info().id(), Optional.empty()).orElse(task).info())
			.toList();
	}

}
