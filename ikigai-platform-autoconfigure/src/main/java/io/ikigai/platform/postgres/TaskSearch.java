package io.ikigai.platform.postgres;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import io.ikigai.platform.TimeRange;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskPage;
import io.ikigai.platform.queue.TaskPosition;
import io.ikigai.platform.queue.TaskQuery;
import io.ikigai.platform.queue.TaskState;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Goes back in time through the tasks of a queue. No index has them by their age, because
 * each costs every claim; the small one that knows which pages are how old
 * ({@code ikigai_task_queue_age}) makes a short stretch of time cheap. So the stretch
 * grows until there are enough tasks, or it has taken long.
 */
final class TaskSearch {

	private static final Duration FIRST = Duration.ofSeconds(1);

	private static final int GROWTH = 8;

	private static final Duration LONGEST = Duration.ofDays(365);

	/** A page of a console is to be there within half a second. */
	private static final Duration LONG = Duration.ofMillis(200);

	// The order of what is read: pages that end at a time out of range must go on behind
	// it
	private static final String CREATED_AT = "least(greatest(created_at, TIMESTAMPTZ '" + TimeRange.EARLIEST
			+ "'), TIMESTAMPTZ '" + TimeRange.LATEST + "')";

	private static final UUID LOWEST = new UUID(0, 0);

	private final ShownTasks tasks;

	private final String text;

	private final int maxAttempts;

	TaskSearch(ShownTasks tasks, String text, int maxAttempts) {
		this.tasks = tasks;
		this.text = text;
		this.maxAttempts = maxAttempts;
	}

	TaskPage find(String queue, TaskQuery query) {
		long started = System.nanoTime();
		List<TaskInfo> found = new ArrayList<>();
		TaskPosition after = query.after();
		Duration stretch = FIRST;
		while (true) {
			Instant from = (stretch.compareTo(LONGEST) > 0) ? null
					: ((after != null) ? after.createdAt() : Instant.now()).minus(stretch);
			found.addAll(find(queue, query, after, from, query.limit() + 1 - found.size()));
			if (found.size() > query.limit()) {
				found.remove(query.limit());
				return new TaskPage(found, TaskPosition.of(found.get(query.limit() - 1)));
			}
			if (from == null) {
				return new TaskPage(found, null);
			}
			if (found.stream().mapToLong((task) -> task.json().length()).sum() > LargeRows.ROOM / 2) {
				return new TaskPage(found, TaskPosition.of(found.get(found.size() - 1)));
			}
			after = new TaskPosition(from, LOWEST);
			if (System.nanoTime() - started > LONG.toNanos()) {
				return new TaskPage(found, after);
			}
			stretch = stretch.multipliedBy(GROWTH);
		}
	}

	private List<TaskInfo> find(String queue, TaskQuery query, @Nullable TaskPosition after, @Nullable Instant from,
			int limit) {
		StringBuilder sql = new StringBuilder(" WHERE queue_name = :queue");
		if (query.state() != null) {
			sql.append(" AND ").append(condition(query.state()));
		}
		if (from != null) {
			sql.append(" AND created_at >= :from");
		}
		if (after != null) {
			sql.append(" AND created_at <= :upTo AND (" + CREATED_AT + ", id) < (:createdAt, :id)");
		}
		if (query.text() != null) {
			sql.append(" AND (" + this.text + " ILIKE :text OR error ILIKE :text OR claimed_by ILIKE :text")
				.append(" OR id::text ILIKE :text)");
		}
		sql.append(" ORDER BY " + CREATED_AT + " DESC, id DESC LIMIT :limit");
		JdbcClient.StatementSpec statement = this.tasks.statement(sql.toString())
			.param("queue", queue)
			.param("limit", limit)
			.param("maxAttempts", this.maxAttempts);
		if (from != null) {
			statement = statement.param("from", TaskRow.from(from));
		}
		if (after != null) {
			statement = statement.param("upTo", TaskRow.upTo(after.createdAt()))
				.param("createdAt", TimeRange.nearest(after.createdAt()).atOffset(ZoneOffset.UTC))
				.param("id", after.id());
		}
		if (query.text() != null) {
			statement = statement.param("text", pattern(query.text()));
		}
		return this.tasks.read(statement, limit);
	}

	private static String pattern(String text) {
		return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
	}

	static String condition(TaskState state) {
		return switch (state) {
			case SCHEDULED -> "claimed_by IS NULL AND scheduled_for > statement_timestamp()";
			case READY -> "claimed_by IS NULL AND scheduled_for <= statement_timestamp()";
			case CLAIMED -> "claimed_by IS NOT NULL AND completed_at IS NULL AND failed_at IS NULL";
			case COMPLETED -> "completed_at IS NOT NULL AND cancelled_at IS NULL";
			case FAILED -> "failed_at IS NOT NULL AND cancelled_at IS NULL";
			case CANCELLED -> "cancelled_at IS NOT NULL";
		};
	}

}
