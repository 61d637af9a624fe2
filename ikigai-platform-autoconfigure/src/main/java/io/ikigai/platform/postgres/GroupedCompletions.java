package io.ikigai.platform.postgres;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.stream.IntStream;

import io.ikigai.platform.queue.CompletedClaim;
import io.ikigai.platform.queue.TaskClaim;
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

	GroupedCompletions(JdbcTemplate jdbc, Schema schema) {
		this.jdbc = jdbc;
		// A place alone is not enough, for another row may be there now; nor is a token:
		// a plain-SQL claim rewrites claimed_at and leaves the token. Who has locked one
		// of the rows for long must not keep the others waiting.
		this.complete = schema
			.sql("""
					WITH completed AS (
						UPDATE {schema}.task_queue t SET completed_at = statement_timestamp(), result = d.result::jsonb,
							unique_key = NULL, claim_token = NULL, lease_expires_at = NULL
						FROM unnest(?::uuid[], ?::tid[], ?::int4[], ?) WITH ORDINALITY AS d(id, place, claim, result, number)
						WHERE (SELECT set_config('lock_timeout', '200ms', true)) IS NOT NULL
							AND t.ctid = d.place AND t.id = d.id AND t.claim_token = (?::uuid[])[d.claim]
							AND t.claimed_at = (?)[d.claim] AND t.claimed_by IS NOT NULL
						RETURNING d.number
					)
					SELECT count(*), CASE WHEN count(*) < ? THEN array_agg(number) END FROM completed""");
	}

	List<CompletedClaim> completeAll(List<CompletedClaim> claims) {
		try {
			List<CompletedClaim> left = this.jdbc
				.execute((ConnectionCallback<List<CompletedClaim>>) (connection) -> complete(connection, claims));
			return (left != null) ? left : List.of();
		}
		catch (ConcurrencyFailureException ex) {
			// One row is locked by a transaction that may last: the others must not wait
			// for it.
			logger.debug("Completions are not written together", ex);
			return claims;
		}
	}

	private List<CompletedClaim> complete(Connection connection, List<CompletedClaim> claims) throws SQLException {
		Map<Claimed, Integer> statements = new LinkedHashMap<>();
		StringJoiner ids = array();
		StringJoiner places = array();
		StringJoiner statement = array();
		boolean results = false;
		for (CompletedClaim completed : claims) {
			TaskClaim claim = completed.claim();
			ids.add(claim.id().toString());
			places.add('"' + claim.receipt() + '"');
			statement.add(Integer.toString(statements.computeIfAbsent(new Claimed(claim.token(), claim.claimedAt()),
					(fresh) -> statements.size() + 1)));
			results |= completed.outcome().result() != null;
		}
		try (PreparedStatement update = connection.prepareStatement(this.complete)) {
			update.setString(1, ids.toString());
			update.setString(2, places.toString());
			update.setString(3, statement.toString());
			update.setObject(4, TextArray.of(results ? claims : List.of(), (claim) -> claim.outcome().result()));
			update.setArray(5,
					connection.createArrayOf("uuid", statements.keySet().stream().map(Claimed::token).toArray()));
			update.setArray(6,
					connection.createArrayOf("timestamptz", statements.keySet().stream().map(Claimed::time).toArray()));
			update.setInt(7, claims.size());
			try (ResultSet row = update.executeQuery()) {
				row.next();
				return (row.getInt(1) == claims.size()) ? List.of() : without(claims, row.getArray(2));
			}
		}
	}

	// The driver looks at every character of an array's elements; ids and places need no
	// escape.
	private static StringJoiner array() {
		return new StringJoiner(",", "{", "}");
	}

	private static List<CompletedClaim> without(List<CompletedClaim> claims, @Nullable Array numbers)
			throws SQLException {
		Set<Object> completed = (numbers != null) ? Set.of((Object[]) numbers.getArray()) : Set.of();
		return IntStream.range(0, claims.size())
			.filter((index) -> !completed.contains(index + 1L))
			.mapToObj(claims::get)
			.toList();
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
