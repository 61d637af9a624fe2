package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

import io.ikigai.platform.queue.CompletedClaim;
import io.ikigai.platform.queue.NewTask;
import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskOutcome;
import io.ikigai.platform.queue.TaskStore;
import io.ikigai.platform.transaction.CallerTransactions;
import io.ikigai.platform.transaction.TransactionPhase;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Task queues in the table {@code task_queue}: enqueueing and settling.
 * {@link TaskClaims} claims, {@link PostgresTaskInspection} looks at tasks and
 * administers them, {@link LostClaims} takes back what dead workers held.
 */
final class PostgresTaskStore implements TaskStore {

	private static final int ROWS_PER_STATEMENT = 1000;

	private static final int CHARACTERS_PER_STATEMENT = 16_000_000;

	private final JdbcTemplate jdbc;

	private final CallerTransactions transactions;

	private final TaskClaims claims;

	private final TaskLeases leases;

	private final WriteGroup<Row> group = new WriteGroup<>(2, this::insert);

	private final GroupedCompletions completions;

	private final QueueAnnouncer announcer;

	private final Wakeups wakeups;

	private final Runnable listening;

	private final JsonMapper json;

	private final String agent;

	private final String insert;

	private final String insertOne;

	private final String complete;

	private final String fail;

	private final String remove;

	private final String giveBack;

	private final String begin;

	private final String progress;

	private final String cancelled;

	private final String idOfUniqueKey;

	PostgresTaskStore(JdbcTemplate jdbc, CallerTransactions transactions, TaskClaims claims,
			GroupedCompletions completions, TaskLeases leases, Schema schema, JsonMapper json, String agent,
			QueueAnnouncer announcer, Wakeups wakeups, Runnable listening) {
		this.jdbc = jdbc;
		this.transactions = transactions;
		this.claims = claims;
		this.leases = leases;
		this.completions = completions;
		this.announcer = announcer;
		this.wakeups = wakeups;
		this.listening = listening;
		this.json = json;
		this.agent = agent;
		// The time of the row, not of the transaction: what one transaction enqueues
		// keeps its order.
		this.insert = schema.sql("""
				INSERT INTO {schema}.task_queue (id, queue_name, payload, priority, scheduled_for, max_attempts,
					headers, enqueued_by, created_at)
				SELECT n.id, n.queue_name, n.payload::jsonb, n.priority,
					coalesce(n.scheduled_for, statement_timestamp() + make_interval(secs => n.delay)),
					n.max_attempts, n.headers::jsonb, ?,
					CASE WHEN n.delay > 0 THEN statement_timestamp() ELSE clock_timestamp() END
				FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
					AS n(id, queue_name, payload, priority, scheduled_for, delay, max_attempts, headers)
				""");
		this.insertOne = schema.sql("""
				INSERT INTO {schema}.task_queue (id, queue_name, payload, priority, scheduled_for, max_attempts,
					headers, enqueued_by, created_at, unique_key)
				VALUES (?, ?, ?::jsonb, ?,
					coalesce(?::timestamptz, statement_timestamp() + make_interval(secs => ?)), ?, ?::jsonb, ?,
					statement_timestamp(), ?)
				ON CONFLICT (queue_name, unique_key) WHERE unique_key IS NOT NULL DO NOTHING
				""");
		this.idOfUniqueKey = schema.sql("SELECT id FROM {schema}.task_queue WHERE queue_name = ? AND unique_key = ?");
		String fence = " WHERE id = ? AND claim_token = ? AND claimed_at = ? AND claimed_by IS NOT NULL";
		this.complete = schema.sql("""
				UPDATE {schema}.task_queue SET completed_at = statement_timestamp(), result = ?::jsonb,
					unique_key = NULL, claim_token = NULL, lease_expires_at = NULL""" + fence);
		this.fail = schema.sql("""
				UPDATE {schema}.task_queue SET failed_at = statement_timestamp(), error = ?,
					unique_key = NULL, claim_token = NULL, lease_expires_at = NULL""" + fence);
		this.remove = schema.sql("DELETE FROM {schema}.task_queue" + fence);
		this.giveBack = schema.sql("""
				UPDATE {schema}.task_queue SET claimed_by = NULL, claimed_at = NULL, claim_token = NULL,
					lease_expires_at = NULL, attempt = greatest(attempt - ?, 0), error = coalesce(?, error),
					scheduled_for = CASE WHEN ?::float8 > 0 THEN statement_timestamp() + make_interval(secs => ?)
						ELSE scheduled_for END""" + fence);
		// With one snapshot for all its statements a transaction would fail once its
		// lease
		// is extended: there the row is locked from the beginning. Otherwise it is not,
		// so
		// that nobody has to wait for a dead worker's connection.
		this.begin = schema.sql("""
				SELECT set_config('idle_in_transaction_session_timeout', ?, true),
					set_config('client_connection_check_interval', '500', true),
					(SELECT true FROM {schema}.task_queue l WHERE l.id = t.id
						AND current_setting('transaction_isolation') IN ('repeatable read', 'serializable')
						FOR NO KEY UPDATE)
				FROM {schema}.task_queue t""" + fence);
		this.progress = schema.sql("""
				UPDATE {schema}.task_queue SET progress = ?, progress_note = ?, progress_at = statement_timestamp()"""
				+ fence);
		this.cancelled = schema.sql("SELECT cancelled_at IS NOT NULL FROM {schema}.task_queue WHERE id = ?");
	}

	@Override
	public List<UUID> add(String queue, List<NewTask> tasks) {
		if (tasks.isEmpty()) {
			return List.of();
		}
		// More than one statement must still be all or none.
		return (end(tasks, 0) < tasks.size())
				? Objects.requireNonNull(this.transactions.ofStores().execute((status) -> addAll(queue, tasks)))
				: addAll(queue, tasks);
	}

	private List<UUID> addAll(String queue, List<NewTask> tasks) {
		List<UUID> added = new ArrayList<>(tasks.size());
		if (tasks.size() == 1 && tasks.get(0).options().uniqueKey() != null) {
			added.add(addUnique(queue, tasks.get(0)));
		}
		else {
			for (int from = 0; from < tasks.size(); from = added.size()) {
				added.addAll(insert(queue, tasks.subList(from, end(tasks, from))));
			}
		}
		TaskOptions first = tasks.get(0).options();
		this.announcer.announce(queue, added.get(0), first.priority(),
				(first.delay() != null) ? first.delay() : Duration.ZERO);
		return added;
	}

	private static int end(List<NewTask> tasks, int from) {
		int end = from;
		long characters = 0;
		while (end < tasks.size() && end - from < ROWS_PER_STATEMENT && characters < CHARACTERS_PER_STATEMENT) {
			characters += tasks.get(end++).json().length();
		}
		return end;
	}

	private List<UUID> insert(String queue, List<NewTask> tasks) {
		List<Row> rows = tasks.stream().map((task) -> new Row(queue, task)).toList();
		if (rows.size() > 1 || this.transactions.phase() != TransactionPhase.NONE
				|| rows.get(0).task.json().length() > WriteGroup.LARGEST) {
			insert(rows);
		}
		else {
			this.group.add(rows.get(0));
		}
		return tasks.stream().map(NewTask::id).toList();
	}

	private void insert(List<Row> rows) {
		if (rows.size() == 1) {
			insertOne(rows.get(0));
		}
		else {
			insertTogether(rows);
		}
	}

	private void insertTogether(List<Row> rows) {
		this.jdbc.execute(this.insert, (PreparedStatement statement) -> {
			Connection connection = statement.getConnection();
			statement.setString(1, this.agent);
			statement.setArray(2, WriteGroup.column(connection, "uuid", rows, (row) -> row.task.id()));
			statement.setObject(3, TextArray.of(rows, Row::queue));
			statement.setObject(4, TextArray.of(rows, (row) -> row.task.json()));
			statement.setArray(5, WriteGroup.column(connection, "int4", rows, (row) -> row.task.options().priority()));
			statement.setArray(6,
					WriteGroup.column(connection, "timestamptz", rows, (row) -> scheduledFor(row.task.options())));
			statement.setArray(7, WriteGroup.column(connection, "float8", rows, (row) -> delay(row.task.options())));
			statement.setArray(8,
					WriteGroup.column(connection, "int4", rows, (row) -> row.task.options().maxAttempts()));
			statement.setObject(9, TextArray.of(rows, (row) -> headers(row.task.options())));
			return statement.executeUpdate();
		});
	}

	private int insertOne(Row row) {
		TaskOptions options = row.task.options();
		return this.jdbc.update(this.insertOne, row.task.id(), row.queue, row.task.json(), options.priority(),
				scheduledFor(options), delay(options), options.maxAttempts(), headers(options), this.agent,
				options.uniqueKey());
	}

	private UUID addUnique(String queue, NewTask task) {
		while (true) {
			if (insertOne(new Row(queue, task)) == 1) {
				return task.id();
			}
			List<UUID> present = this.jdbc.queryForList(this.idOfUniqueKey, UUID.class, queue,
					task.options().uniqueKey());
			if (!present.isEmpty()) {
				return present.get(0);
			}
			// The task with this key finished between the two statements.
		}
	}

	private @Nullable String headers(TaskOptions options) {
		return options.headers().isEmpty() ? null : this.json.writeValueAsString(options.headers());
	}

	private static @Nullable OffsetDateTime scheduledFor(TaskOptions options) {
		return (options.scheduledFor() != null) ? options.scheduledFor().atOffset(ZoneOffset.UTC) : null;
	}

	private static double delay(TaskOptions options) {
		return (options.delay() != null) ? seconds(options.delay()) : 0;
	}

	@Override
	public List<TaskClaim> claim(String queue, int max, Duration lease, boolean transactional) {
		return this.claims.claim(queue, max, lease, transactional);
	}

	@Override
	public List<TaskClaim> claimScheduled(String queue, int max, Duration lease) {
		return this.claims.claimScheduled(queue, max, lease);
	}

	@Override
	public boolean settle(TaskClaim claim, TaskOutcome outcome) {
		if (outcome instanceof TaskOutcome.Completed completed) {
			return update(claim, this.complete, completed.result());
		}
		if (outcome instanceof TaskOutcome.Failed failed) {
			return update(claim, this.fail, failed.error());
		}
		if (outcome instanceof TaskOutcome.Moved) {
			return update(claim, this.remove);
		}
		boolean returned = (outcome instanceof TaskOutcome.Retried retried)
				? update(claim, this.giveBack, 0, retried.error(), seconds(retried.delay()), seconds(retried.delay()))
				: update(claim, this.giveBack, 1, null, 0d, 0d);
		if (returned) {
			this.announcer.announce(claim.queue(), claim.id(), claim.priority(),
					(outcome instanceof TaskOutcome.Retried retried) ? retried.delay() : Duration.ZERO);
		}
		return returned;
	}

	@Override
	public List<CompletedClaim> completeAll(List<CompletedClaim> claims) {
		return this.completions.completeAll(claims);
	}

	@Override
	public boolean beginSettling(TaskClaim claim) {
		List<@Nullable Object> arguments = fenced(claim, Long.toString(claim.lease().toMillis()));
		return !this.jdbc.query(this.begin, (row, number) -> true, arguments.toArray()).isEmpty();
	}

	@Override
	public boolean progress(TaskClaim claim, double fraction, String note) {
		return update(claim, this.progress, fraction, note);
	}

	private boolean update(TaskClaim claim, String sql, @Nullable Object... values) {
		return this.jdbc.update(sql, fenced(claim, values).toArray()) == 1;
	}

	private static List<@Nullable Object> fenced(TaskClaim claim, @Nullable Object... values) {
		List<@Nullable Object> arguments = new ArrayList<>();
		for (Object value : values) {
			arguments.add(value);
		}
		arguments.add(claim.id());
		arguments.add(claim.token());
		arguments.add(claim.claimedAt().atOffset(ZoneOffset.UTC));
		return arguments;
	}

	@Override
	public Set<UUID> extend(Collection<TaskClaim> claims, Duration lease) {
		return this.leases.extend(claims, lease);
	}

	static double seconds(Duration duration) {
		return duration.getSeconds() + duration.getNano() / 1e9;
	}

	@Override
	public boolean cancelled(TaskClaim claim) {
		return this.jdbc.queryForList(this.cancelled, Boolean.class, claim.id()).contains(true);
	}

	@Override
	public AutoCloseable onReady(String queue, Runnable wake) {
		AutoCloseable waiting = this.wakeups.addQueue(queue, wake);
		this.listening.run();
		return waiting;
	}

	/**
	 * A task to insert.
	 *
	 * @param queue its queue
	 * @param task the task
	 */
	private record Row(String queue, NewTask task) {
	}

}
