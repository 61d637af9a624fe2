package io.ikigai.platform.postgres;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import javax.sql.DataSource;

import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskOutcome;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Completes many tasks with one statement and one flush. A row is looked for where its
 * claim left it, which needs no index; one that has moved since, because its lease was
 * extended, say, is reported as left, and completed by its id then.
 */
final class GroupedCompletions {

	private static final Log logger = LogFactory.getLog(GroupedCompletions.class);

	private final JdbcTemplate jdbc;

	private final String complete;

	GroupedCompletions(DataSource dataSource, Schema schema) {
		this.jdbc = new JdbcTemplate(dataSource);
		// A place alone is not enough, for another row may be there now; nor is a token:
		// a plain-SQL claim rewrites claimed_at and leaves the token. Who has locked one
		// of the rows for long must not keep the others waiting.
		this.complete = schema.sql("""
				WITH completed AS (
					UPDATE {schema}.task_queue t SET completed_at = statement_timestamp(), result = d.result::jsonb,
						unique_key = NULL, claim_token = NULL, lease_expires_at = NULL
					FROM unnest(?, ?::tid[], ?, ?) WITH ORDINALITY AS d(id, place, claim, result, number)
					WHERE (SELECT set_config('lock_timeout', '200ms', true)) IS NOT NULL
						AND t.ctid = d.place AND t.id = d.id AND t.claim_token = (?)[d.claim]
						AND t.claimed_at = (?)[d.claim] AND t.claimed_by IS NOT NULL
					RETURNING d.number
				)
				SELECT count(*), CASE WHEN count(*) < ? THEN array_agg(number) END FROM completed""");
	}

	Collection<TaskClaim> completeAll(Map<TaskClaim, TaskOutcome.Completed> claims) {
		List<TaskClaim> all = List.copyOf(claims.keySet());
		try {
			List<TaskClaim> completed = this.jdbc
				.execute((ConnectionCallback<List<TaskClaim>>) (connection) -> complete(connection, all, claims));
			return (completed != null) ? completed : List.of();
		}
		catch (ConcurrencyFailureException ex) {
			// One row is locked by a transaction that may last: the others must not wait
			// for it.
			logger.debug("Completions are not written together", ex);
			return List.of();
		}
	}

	private List<TaskClaim> complete(Connection connection, List<TaskClaim> all,
			Map<TaskClaim, TaskOutcome.Completed> outcomes) throws SQLException {
		Map<Claimed, Integer> statements = new LinkedHashMap<>();
		Integer[] statement = new Integer[all.size()];
		for (int i = 0; i < statement.length; i++) {
			Claimed claimed = new Claimed(all.get(i).token(), all.get(i).claimedAt());
			statement[i] = statements.computeIfAbsent(claimed, (fresh) -> statements.size() + 1);
		}
		try (PreparedStatement update = connection.prepareStatement(this.complete)) {
			update.setArray(1, connection.createArrayOf("uuid", all.stream().map(TaskClaim::id).toArray()));
			update.setArray(2, connection.createArrayOf("text", all.stream().map(TaskClaim::receipt).toArray()));
			update.setArray(3, connection.createArrayOf("int4", statement));
			update.setArray(4, results(connection, all, outcomes));
			update.setArray(5,
					connection.createArrayOf("uuid", statements.keySet().stream().map(Claimed::token).toArray()));
			update.setArray(6,
					connection.createArrayOf("timestamptz", statements.keySet().stream().map(Claimed::time).toArray()));
			update.setInt(7, all.size());
			try (ResultSet row = update.executeQuery()) {
				row.next();
				return (row.getInt(1) == all.size()) ? all : numbered(all, row.getArray(2));
			}
		}
	}

	private static Array results(Connection connection, List<TaskClaim> all,
			Map<TaskClaim, TaskOutcome.Completed> outcomes) throws SQLException {
		@Nullable Object[] results = all.stream().map((claim) -> Objects.requireNonNull(outcomes.get(claim)).result()).toArray();
		boolean none = Arrays.stream(results).allMatch(Objects::isNull);
		return connection.createArrayOf("text", none ? new Object[0] : results);
	}

	private static List<TaskClaim> numbered(List<TaskClaim> all, @Nullable Array numbers) throws SQLException {
		if (numbers == null) {
			return List.of();
		}
		return Arrays.stream((Long[]) numbers.getArray()).map((number) -> all.get(number.intValue() - 1)).toList();
	}

	/**
	 * What all tasks of one claim statement have in common.
	 *
	 * @param token the token
	 * @param at when they were claimed
	 */
	private record Claimed(UUID token, Instant at) {

		private OffsetDateTime time() {
			return this.at.atOffset(ZoneOffset.UTC);
		}

	}

}
