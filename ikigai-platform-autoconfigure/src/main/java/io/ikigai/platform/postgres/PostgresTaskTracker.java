package io.ikigai.platform.postgres;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import io.ikigai.platform.queue.CompletedClaim;
import io.ikigai.platform.queue.NewTask;
import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskOutcome;
import io.ikigai.platform.queue.TaskTracker;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Tasks on a broker, tracked in {@code ikigai_tracked_task}.
 */
final class PostgresTaskTracker implements TaskTracker {

	private static final int ROWS_PER_STATEMENT = 1000;

	private static final long CHARACTERS_PER_STATEMENT = 8_000_000;

	/** Times that PostgreSQL has. */
	private static final double LONGEST_SECONDS = 1e11;

	private static final String MINE = " WHERE id = ? AND claim_token = ?";

	private static final String GIVEN_BACK = """
			claimed_by = NULL, claimed_at = NULL, claim_token = NULL, lease_expires_at = NULL""";

	private final JdbcTemplate jdbc;

	private final SideConnection leases;

	private final TaskKeys keys;

	private final TaskInspection inspection;

	private final JsonMapper json;

	private final TaskRow rows;

	private final String agent;

	private final TrackedDeaths deaths;

	private final Schema schema;

	PostgresTaskTracker(JdbcTemplate jdbc, SideConnection leases, Schema schema, TaskInspection inspection,
			JsonMapper json, String agent, int maxDeaths) {
		this.jdbc = jdbc;
		this.leases = leases;
		this.keys = new TaskKeys(jdbc, schema);
		this.inspection = inspection;
		this.json = json;
		this.rows = new TaskRow(json);
		this.agent = agent;
		this.deaths = new TrackedDeaths(jdbc, schema, this.keys, maxDeaths);
		this.schema = schema;
	}

	private String update(String rest) {
		return this.schema.sql("UPDATE {schema}.ikigai_tracked_task SET " + rest);
	}

	@Override
	public TaskInspection inspection() {
		return this.inspection;
	}

	@Override
	public void remember(String queue) {
		this.keys.remember(queue);
	}

	@Override
	public List<String> remembered() {
		return this.keys.remembered();
	}

	@Override
	public Set<String> paused() {
		return this.keys.paused();
	}

	@Override
	public KeyHolder reserve(String queue, String key, UUID id) {
		return this.keys.reserve(queue, key, id);
	}

	@Override
	public void sent(UUID id) {
		this.keys.sent(id);
	}

	@Override
	public void free(Collection<UUID> ids) {
		this.keys.free(ids);
	}

	static Array uuids(PreparedStatement statement, Collection<UUID> ids) throws SQLException {
		return statement.getConnection().createArrayOf("uuid", ids.toArray());
	}

	@Override
	public Set<UUID> add(String queue, List<NewTask> tasks) {
		Set<UUID> toSend = new HashSet<>();
		int from = 0;
		while (from < tasks.size()) {
			int to = from;
			long characters = 0;
			while (to < tasks.size() && to - from < ROWS_PER_STATEMENT && characters < CHARACTERS_PER_STATEMENT) {
				characters += tasks.get(to++).json().length();
			}
			toSend.addAll(insert(queue, tasks.subList(from, to)));
			from = to;
		}
		return toSend;
	}

	private List<UUID> insert(String queue, List<NewTask> tasks) {
		List<UUID> ids = new ArrayList<>();
		// One that is there already and was not claimed may not have been sent.
		this.jdbc.query(this.schema.sql("""
				INSERT INTO {schema}.ikigai_tracked_task AS present (id, queue_name, payload, priority, scheduled_for,
					max_attempts, headers, unique_key, created_at)
				SELECT n.id, ?, n.payload::jsonb, n.priority,
					coalesce(n.scheduled_for, statement_timestamp() + make_interval(secs => n.delay)), n.max_attempts,
					n.headers::jsonb, n.unique_key,
					CASE WHEN n.delay > 0 THEN statement_timestamp() ELSE clock_timestamp() END
				FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
					AS n(id, payload, priority, scheduled_for, delay, max_attempts, headers, unique_key)
				ON CONFLICT (id) DO UPDATE SET priority = present.priority
					WHERE present.claimed_by IS NULL AND present.attempt = 0
				RETURNING id"""), (PreparedStatement statement) -> {
			Connection connection = statement.getConnection();
			statement.setString(1, queue);
			statement.setArray(2, WriteGroup.column(connection, "uuid", tasks, NewTask::id));
			statement.setObject(3, TextArray.of(tasks, NewTask::json));
			statement.setArray(4, WriteGroup.column(connection, "int4", tasks, (task) -> task.options().priority()));
			statement.setArray(5, WriteGroup.column(connection, "timestamptz", tasks, (task) -> {
				TaskOptions options = task.options();
				return (options.scheduledFor() != null) ? options.scheduledFor().atOffset(ZoneOffset.UTC) : null;
			}));
			statement.setArray(6, WriteGroup.column(connection, "float8", tasks,
					(task) -> (task.options().delay() != null) ? seconds(task.options().delay()) : 0.0));
			statement.setArray(7, WriteGroup.column(connection, "int4", tasks, (task) -> task.options().maxAttempts()));
			statement.setObject(8, TextArray.of(tasks, (task) -> task.options().headers().isEmpty() ? null
					: this.json.writeValueAsString(task.options().headers())));
			statement.setObject(9, TextArray.of(tasks, (task) -> task.options().uniqueKey()));
		}, (row) -> {
			ids.add(row.getObject("id", UUID.class));
		});
		return ids;
	}

	private static double seconds(Duration duration) {
		return Math.min(PostgresTaskStore.seconds(duration), LONGEST_SECONDS);
	}

	@Override
	public void withdraw(Collection<UUID> ids) {
		this.jdbc.update(this.schema.sql("""
				DELETE FROM {schema}.ikigai_tracked_task WHERE id = ANY (?) AND claimed_by IS NULL AND attempt = 0"""),
				(PreparedStatement statement) -> statement.setArray(1, uuids(statement, ids)));
	}

	@Override
	public Map<UUID, Tracked> claim(String queue, Collection<Arrival> arrivals, Duration lease) {
		List<Arrival> again = arrivals.stream().filter(Arrival::again).toList();
		Map<UUID, Tracked> claimed = new HashMap<>();
		if (!again.isEmpty()) {
			claimed.putAll(this.deaths.died(again));
		}
		List<Arrival> ready = arrivals.stream().filter((arrival) -> !claimed.containsKey(arrival.ticket())).toList();
		this.jdbc.query(update("""
				claimed_by = ?, claimed_at = statement_timestamp(), claim_token = gen_random_uuid(),
					lease_expires_at = statement_timestamp() + make_interval(secs => ?), ticket = a.ticket,
					attempt = attempt + 1, progress = NULL, progress_note = NULL, progress_at = NULL
				FROM unnest(?, ?) AS a(id, ticket)
				WHERE ikigai_tracked_task.id = a.id AND queue_name = ? AND claimed_by IS NULL AND completed_at IS NULL
					AND failed_at IS NULL
				RETURNING a.ticket, claim_token, attempt, deaths, created_at, scheduled_for, claimed_at"""),
				(PreparedStatement statement) -> {
					statement.setString(1, this.agent);
					statement.setDouble(2, seconds(lease));
					statement.setArray(3, uuids(statement, ready.stream().map(Arrival::id).toList()));
					statement.setArray(4, uuids(statement, ready.stream().map(Arrival::ticket).toList()));
					statement.setString(5, queue);
				}, (row) -> {
					claimed.put(row.getObject("ticket", UUID.class),
							new Tracked(row.getObject("claim_token", UUID.class), row.getInt("attempt"),
									row.getInt("deaths"), TaskRow.required(row, "created_at"),
									TaskRow.required(row, "scheduled_for"), TaskRow.required(row, "claimed_at"),
									Duration.ZERO));
				});
		return claimed;
	}

	@Override
	public @Nullable Duration lost(UUID id, UUID token) {
		return this.deaths.lost(id, token);
	}

	@Override
	public boolean settle(UUID id, UUID token, TaskOutcome outcome) {
		if (outcome instanceof TaskOutcome.Moved) {
			return this.jdbc.update(
					this.schema.sql("DELETE FROM {schema}.ikigai_tracked_task WHERE id = ? AND claim_token = ?"), id,
					token) == 1;
		}
		if (outcome instanceof TaskOutcome.Completed completed) {
			return changed("""
					completed_at = statement_timestamp(), result = ?::jsonb, unique_key = NULL, claim_token = NULL,
						lease_expires_at = NULL""", completed.result(), id, token);
		}
		if (outcome instanceof TaskOutcome.Failed failed) {
			return changed("""
					failed_at = statement_timestamp(), error = ?, unique_key = NULL, claim_token = NULL,
						lease_expires_at = NULL""", failed.error(), id, token);
		}
		if (outcome instanceof TaskOutcome.Retried retried) {
			double delay = seconds(retried.delay());
			return changed(GIVEN_BACK + """
					, error = ?, scheduled_for = CASE WHEN ?::float8 > 0
						THEN statement_timestamp() + make_interval(secs => ?) ELSE scheduled_for END""",
					retried.error(), delay, delay, id, token);
		}
		return changed(GIVEN_BACK + ", attempt = greatest(attempt - 1, 0)", id, token);
	}

	private boolean changed(String what, @Nullable Object... arguments) {
		return this.jdbc.update(update(what + MINE), arguments) == 1;
	}

	@Override
	public Set<UUID> completeAll(Collection<CompletedClaim> claims) {
		List<CompletedClaim> all = List.copyOf(claims);
		Set<UUID> completed = new HashSet<>();
		this.jdbc.query(update("""
				completed_at = statement_timestamp(), result = c.result::jsonb, unique_key = NULL, claim_token = NULL,
					lease_expires_at = NULL
				FROM unnest(?, ?, ?) AS c(id, token, result)
				WHERE ikigai_tracked_task.id = c.id AND claim_token = c.token
				RETURNING c.token"""), (PreparedStatement statement) -> {
			statement.setArray(1, uuids(statement, all.stream().map((each) -> each.claim().id()).toList()));
			statement.setArray(2, uuids(statement, all.stream().map((each) -> each.claim().token()).toList()));
			statement.setObject(3, TextArray.of(all, (each) -> each.outcome().result()));
		}, (row) -> {
			completed.add(row.getObject("token", UUID.class));
		});
		return completed;
	}

	@Override
	public Set<UUID> extend(Collection<TaskClaim> claims, Duration lease) {
		return this.leases.execute((connection) -> {
			Set<UUID> extended = new HashSet<>();
			try (PreparedStatement statement = connection.prepareStatement(update("""
					lease_expires_at = statement_timestamp() + make_interval(secs => ?)
					FROM unnest(?, ?) AS c(id, token)
					WHERE ikigai_tracked_task.id = c.id AND claim_token = c.token
					RETURNING c.token"""))) {
				statement.setDouble(1, seconds(lease));
				statement.setArray(2, uuids(statement, claims.stream().map(TaskClaim::id).toList()));
				statement.setArray(3, uuids(statement, claims.stream().map(TaskClaim::token).toList()));
				try (ResultSet row = statement.executeQuery()) {
					while (row.next()) {
						extended.add(row.getObject(1, UUID.class));
					}
				}
			}
			return extended;
		});
	}

	@Override
	public boolean claimed(UUID id, UUID token) {
		return !this.jdbc
			.queryForList(this.schema.sql("SELECT id FROM {schema}.ikigai_tracked_task" + MINE), UUID.class, id, token)
			.isEmpty();
	}

	@Override
	public boolean cancelled(UUID id) {
		return !this.jdbc
			.queryForList(
					this.schema
						.sql("SELECT id FROM {schema}.ikigai_tracked_task WHERE id = ? AND cancelled_at IS NOT NULL"),
					UUID.class, id)
			.isEmpty();
	}

	@Override
	public boolean progress(UUID id, UUID token, double fraction, String note) {
		return changed("progress = ?, progress_note = ?, progress_at = statement_timestamp()", fraction, note, id,
				token);
	}

	private NewTask task(ResultSet row, int number) throws SQLException {
		TaskOptions options = TaskOptions.of().withPriority(row.getInt("priority"));
		if (row.getObject("max_attempts") != null) {
			options = options.withMaxAttempts(row.getInt("max_attempts"));
		}
		if (row.getString("unique_key") != null) {
			options = options.withUniqueKey(row.getString("unique_key"));
		}
		for (Map.Entry<String, String> header : this.rows.headers(row.getString("headers")).headers().entrySet()) {
			options = options.withHeader(header.getKey(), header.getValue());
		}
		return new NewTask(row.getObject("id", UUID.class), row.getString("payload"), options);
	}

	@Override
	public List<NewTask> redrive(String queue, @Nullable UUID id) {
		return this.jdbc.query("WITH back AS (" + update("""
				failed_at = NULL, claimed_by = NULL, claimed_at = NULL, attempt = 0, deaths = 0,
					scheduled_for = statement_timestamp()
				WHERE queue_name = ? AND (?::uuid IS NULL OR id = ?) AND failed_at IS NOT NULL AND cancelled_at IS NULL
				RETURNING id, payload, priority, max_attempts, headers, unique_key, created_at""")
				+ ") SELECT * FROM back ORDER BY created_at, id", this::task, queue, id, id);
	}

	@Override
	public List<NewTask> waiting(String queue, Duration longer) {
		return this.jdbc.query(this.schema.sql("""
				SELECT id, payload, priority, max_attempts, headers, unique_key FROM {schema}.ikigai_tracked_task
				WHERE queue_name = ? AND claimed_by IS NULL AND completed_at IS NULL AND failed_at IS NULL
					AND greatest(created_at, scheduled_for) <= statement_timestamp() - make_interval(secs => ?)
				ORDER BY created_at, id LIMIT ?"""), this::task, queue, seconds(longer), ROWS_PER_STATEMENT);
	}

}
