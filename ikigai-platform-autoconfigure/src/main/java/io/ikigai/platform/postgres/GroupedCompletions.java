package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import javax.sql.DataSource;

import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskOutcome;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Completes many tasks with one flush: what was claimed together and has no result in one
 * statement, the rest in one each, all of them in one round trip.
 */
final class GroupedCompletions {

	private static final Log logger = LogFactory.getLog(GroupedCompletions.class);

	private static final String COMPLETE = """
			UPDATE {schema}.task_queue SET completed_at = statement_timestamp(), unique_key = NULL, claim_token = NULL,
				lease_expires_at = NULL""";

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transactions;

	private final String withoutResult;

	private final String withResult;

	GroupedCompletions(DataSource dataSource, PlatformTransactionManager transactionManager, Schema schema) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.transactions = new TransactionTemplate(transactionManager);
		// A token alone is not enough: a plain-SQL claim rewrites claimed_at and leaves
		// the token.
		String fence = "claim_token = ? AND claimed_at = ? AND claimed_by IS NOT NULL";
		this.withoutResult = schema.sql(COMPLETE + " WHERE id = ANY (?) AND " + fence);
		this.withResult = schema.sql(COMPLETE + ", result = ?::jsonb WHERE id = ? AND " + fence);
	}

	boolean completeAll(Map<TaskClaim, TaskOutcome.Completed> claims) {
		try {
			return Boolean.TRUE.equals(this.transactions.execute((transaction) -> {
				boolean all = Boolean.TRUE
					.equals(this.jdbc.execute((ConnectionCallback<Boolean>) (connection) -> write(connection, claims)));
				if (!all) {
					transaction.setRollbackOnly();
				}
				return all;
			}));
		}
		catch (ConcurrencyFailureException ex) {
			// One row is locked by a transaction that may last: the others must not wait
			// for it.
			logger.debug("Completions are not written together", ex);
			return false;
		}
	}

	private boolean write(Connection connection, Map<TaskClaim, TaskOutcome.Completed> claims) throws SQLException {
		Map<Claimed, List<UUID>> together = new HashMap<>();
		Map<TaskClaim, String> results = new HashMap<>();
		claims.forEach((claim, outcome) -> {
			if (outcome.result() != null) {
				results.put(claim, outcome.result());
			}
			else {
				together.computeIfAbsent(new Claimed(claim.token(), claim.claimedAt()), (same) -> new ArrayList<>())
					.add(claim.id());
			}
		});
		try (PreparedStatement settings = connection
			.prepareStatement("SELECT set_config('lock_timeout', '200ms', true)")) {
			settings.execute();
		}
		return writeTogether(connection, together) && writeResults(connection, results);
	}

	private boolean writeTogether(Connection connection, Map<Claimed, List<UUID>> groups) throws SQLException {
		if (groups.isEmpty()) {
			return true;
		}
		int expected = 0;
		try (PreparedStatement statement = connection.prepareStatement(this.withoutResult)) {
			for (Map.Entry<Claimed, List<UUID>> group : groups.entrySet()) {
				expected += group.getValue().size();
				statement.setArray(1, connection.createArrayOf("uuid", group.getValue().toArray()));
				fence(statement, 2, group.getKey());
				statement.addBatch();
			}
			return sum(statement.executeBatch()) == expected;
		}
	}

	private boolean writeResults(Connection connection, Map<TaskClaim, String> results) throws SQLException {
		if (results.isEmpty()) {
			return true;
		}
		try (PreparedStatement statement = connection.prepareStatement(this.withResult)) {
			for (Map.Entry<TaskClaim, String> result : results.entrySet()) {
				TaskClaim claim = result.getKey();
				statement.setString(1, result.getValue());
				statement.setObject(2, claim.id());
				fence(statement, 3, new Claimed(claim.token(), claim.claimedAt()));
				statement.addBatch();
			}
			return sum(statement.executeBatch()) == results.size();
		}
	}

	private static void fence(PreparedStatement statement, int parameter, Claimed claimed) throws SQLException {
		statement.setObject(parameter, claimed.token());
		statement.setObject(parameter + 1, claimed.at().atOffset(ZoneOffset.UTC));
	}

	private static int sum(int[] counts) {
		int sum = 0;
		for (int count : counts) {
			sum += count;
		}
		return sum;
	}

	/**
	 * What all tasks of one claim statement have in common.
	 *
	 * @param token the token
	 * @param at when they were claimed
	 */
	private record Claimed(UUID token, Instant at) {
	}

}
