package io.ikigai.platform.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import io.ikigai.platform.queue.QueueStats;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.queue.TaskPage;
import io.ikigai.platform.queue.TaskProgress;
import io.ikigai.platform.queue.TaskQuery;
import io.ikigai.platform.queue.TaskState;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Looks at the tasks in {@code task_queue} and administers them.
 */
final class PostgresTaskInspection implements TaskInspection {

	private static final int ROWS_PER_DELETE = 5000;

	private static final String COLUMNS = """
			id, queue_name, {text:payload} AS payload, coalesce(priority, 0) AS priority, attempt,
			coalesce(max_attempts, :maxAttempts) AS max_attempts, scheduled_for, claimed_by, claimed_at,
			lease_expires_at, completed_at, failed_at, error, {text:result} AS result,
			{text:headers} AS headers, created_at,
			CASE WHEN cancelled_at IS NOT NULL THEN 'CANCELLED' WHEN completed_at IS NOT NULL THEN 'COMPLETED'
				WHEN failed_at IS NOT NULL THEN 'FAILED' WHEN claimed_by IS NOT NULL THEN 'CLAIMED'
				WHEN scheduled_for <= statement_timestamp() THEN 'READY' ELSE 'SCHEDULED' END AS state
			""";

	private static final String STATS = """
			SELECT queue_name,
				count(*) FILTER (WHERE claimed_by IS NULL AND scheduled_for <= statement_timestamp()) AS ready,
				count(*) FILTER (WHERE claimed_by IS NULL AND scheduled_for > statement_timestamp()) AS scheduled,
				count(*) FILTER (WHERE claimed_by IS NOT NULL AND completed_at IS NULL AND failed_at IS NULL) AS claimed,
				count(completed_at) AS completed,
				count(failed_at) FILTER (WHERE cancelled_at IS NULL) AS failed,
				extract(epoch FROM statement_timestamp() - min(least(statement_timestamp(),
					greatest(created_at, scheduled_for, TIMESTAMPTZ 'epoch')))
					FILTER (WHERE claimed_by IS NULL AND scheduled_for <= statement_timestamp())) AS oldest
			FROM {schema}.task_queue
			""";

	private static final String BACK_TO_QUEUE = """
			SET failed_at = NULL, claimed_by = NULL, claimed_at = NULL, attempt = 0, deaths = 0,
				scheduled_for = statement_timestamp()
			WHERE queue_name = :queue AND failed_at IS NOT NULL AND cancelled_at IS NULL AND completed_at IS NULL
			""";

	private static final String RETURNING = " RETURNING id, coalesce(priority, 0) AS priority";

	private final JdbcClient jdbc;

	private final Schema schema;

	private final ShownTasks tasks;

	private final String agent;

	private final int maxAttempts;

	private final QueueAnnouncer announcer;

	private final CrowdedQueues crowded;

	private final TaskSearch search;

	PostgresTaskInspection(JdbcTemplate jdbc, Schema schema, JsonMapper json, String agent, int maxAttempts,
			QueueAnnouncer announcer, CrowdedQueues crowded) {
		this.jdbc = JdbcClient.create(jdbc);
		this.schema = schema;
		this.agent = agent;
		this.maxAttempts = maxAttempts;
		this.announcer = announcer;
		this.crowded = crowded;
		this.tasks = new ShownTasks(this.jdbc, schema,
				schema.sql("SELECT " + COLUMNS + " FROM {schema}.task_queue", ":most"), new TaskRow(json), maxAttempts);
		this.search = new TaskSearch(this.tasks, schema.sql("{searched:payload}"), maxAttempts);
	}

	private JdbcClient.StatementSpec sql(String text) {
		return this.jdbc.sql(this.schema.sql(text));
	}

	@Override
	public Optional<TaskInfo> find(String queue, UUID id) {
		return this.tasks
			.read(this.tasks.statement(" WHERE id = :id AND queue_name = :queue")
				.param("id", id)
				.param("queue", queue)
				.param("maxAttempts", this.maxAttempts), 1)
			.stream()
			.findFirst();
	}

	@Override
	public List<TaskInfo> list(String queue, TaskState state, int limit) {
		return this.tasks.read(this.tasks
			.statement(" WHERE queue_name = :queue AND " + TaskSearch.condition(state)
					+ " ORDER BY created_at DESC, id DESC LIMIT :limit")
			.param("queue", queue)
			.param("limit", limit)
			.param("maxAttempts", this.maxAttempts), limit);
	}

	@Override
	public TaskPage find(String queue, TaskQuery query) {
		return this.search.find(queue, query);
	}

	@Override
	public Optional<TaskProgress> progress(String queue, UUID id) {
		return sql("""
				SELECT progress, progress_note, progress_at FROM {schema}.task_queue
				WHERE id = :id AND queue_name = :queue AND progress_at IS NOT NULL""").param("id", id)
			.param("queue", queue)
			.query((row, number) -> {
				Instant reportedAt = TaskRow.instant(row, "progress_at");
				return new TaskProgress(row.getDouble("progress"), row.getString("progress_note"),
						(reportedAt != null) ? reportedAt : Instant.EPOCH);
			})
			.optional();
	}

	@Override
	public boolean cancel(String queue, UUID id) {
		return sql("""
				UPDATE {schema}.task_queue SET cancelled_at = statement_timestamp(), failed_at = statement_timestamp(),
					error = 'cancelled', claimed_by = coalesce(claimed_by, :agent), claim_token = NULL,
					lease_expires_at = NULL, unique_key = NULL
				WHERE id = :id AND queue_name = :queue AND completed_at IS NULL AND failed_at IS NULL""")
			.param("id", id)
			.param("queue", queue)
			.param("agent", this.agent)
			.update() == 1;
	}

	@Override
	public boolean redrive(String queue, UUID id) {
		return announced(queue,
				sql("UPDATE {schema}.task_queue " + BACK_TO_QUEUE + " AND id = :id " + RETURNING).param("id", id)) == 1;
	}

	@Override
	public long redriveFailed(String queue) {
		return announced(queue, sql("UPDATE {schema}.task_queue " + BACK_TO_QUEUE + RETURNING));
	}

	@Override
	public void pause(String queue, boolean paused) {
		sql("""
				INSERT INTO {schema}.ikigai_queue (name, paused_at)
				VALUES (:queue, CASE WHEN :paused THEN statement_timestamp() END)
				ON CONFLICT (name) DO UPDATE SET paused_at = EXCLUDED.paused_at""").param("queue", queue)
			.param("paused", paused)
			.update();
		if (!paused) {
			announced(queue, sql("""
					SELECT id, coalesce(priority, 0) AS priority FROM {schema}.task_queue t
					WHERE queue_name = :queue AND claimed_by IS NULL AND scheduled_for <= statement_timestamp()
					ORDER BY t.priority DESC, created_at LIMIT 1"""));
		}
	}

	/**
	 * Announces the first of the tasks that a statement puts back into its queue and
	 * returns.
	 * @return how many it returned
	 */
	private int announced(String queue, JdbcClient.StatementSpec statement) {
		List<Runnable> announcements = statement.param("queue", queue).<Runnable>query((row, number) -> {
			UUID id = row.getObject("id", UUID.class);
			int priority = row.getInt("priority");
			return () -> this.announcer.announce(queue, id, priority, Duration.ZERO);
		}).list();
		this.crowded.forget(queue);
		announcements.stream().findFirst().ifPresent(Runnable::run);
		return announcements.size();
	}

	@Override
	public boolean paused(String queue) {
		return sql("SELECT count(*) FROM {schema}.ikigai_queue WHERE name = :queue AND paused_at IS NOT NULL")
			.param("queue", queue)
			.query(Long.class)
			.single() > 0;
	}

	@Override
	public Map<String, QueueStats> stats() {
		Map<String, QueueStats> stats = new LinkedHashMap<>();
		sql(STATS + " GROUP BY queue_name ORDER BY queue_name").query((row) -> {
			stats.put(row.getString("queue_name"), stats(row));
		});
		return stats;
	}

	@Override
	public QueueStats stats(String queue) {
		return sql(STATS + " WHERE queue_name = :queue GROUP BY queue_name").param("queue", queue)
			.query((row, number) -> stats(row))
			.optional()
			.orElseGet(() -> new QueueStats(0, 0, 0, 0, 0, null));
	}

	private static QueueStats stats(ResultSet row) throws SQLException {
		double oldest = row.getDouble("oldest");
		Duration age = row.wasNull() ? null : Duration.ofMillis(Math.round(oldest * 1000));
		return new QueueStats(row.getLong("ready"), row.getLong("scheduled"), row.getLong("claimed"),
				row.getLong("completed"), row.getLong("failed"), age);
	}

	@Override
	public List<String> queues() {
		return sql("SELECT DISTINCT queue_name FROM {schema}.task_queue ORDER BY queue_name").query(String.class)
			.list();
	}

	@Override
	public long deleteFinished(Duration completed, Duration failed) {
		// Plain SQL may have written times that never come: such a task is new now, or
		// finished when it was created
		sql("""
				UPDATE {schema}.task_queue SET created_at = statement_timestamp()
				WHERE created_at > statement_timestamp() + interval '1 day'
					AND (completed_at IS NOT NULL OR failed_at IS NOT NULL)""").update();
		long deleted = 0;
		int last;
		do {
			// created_at leads the search: its index is tiny, and a task cannot have
			// finished before it was created.
			last = sql("""
					DELETE FROM {schema}.task_queue WHERE ctid = ANY (ARRAY (
						SELECT ctid FROM {schema}.task_queue
						WHERE created_at < statement_timestamp() - make_interval(secs => :shorter)
							AND (CASE WHEN completed_at > statement_timestamp() + interval '1 day' THEN created_at
									ELSE completed_at END < statement_timestamp() - make_interval(secs => :completed)
								OR CASE WHEN failed_at > statement_timestamp() + interval '1 day' THEN created_at
									ELSE failed_at END < statement_timestamp() - make_interval(secs =>
									CASE WHEN cancelled_at IS NULL THEN :failed ELSE :completed END))
						LIMIT :rows FOR UPDATE SKIP LOCKED))""")
				.param("shorter", PostgresTaskStore.seconds((completed.compareTo(failed) < 0) ? completed : failed))
				.param("completed", PostgresTaskStore.seconds(completed))
				.param("failed", PostgresTaskStore.seconds(failed))
				.param("rows", ROWS_PER_DELETE)
				.update();
			deleted += last;
		}
		while (last == ROWS_PER_DELETE);
		return deleted;
	}

}
