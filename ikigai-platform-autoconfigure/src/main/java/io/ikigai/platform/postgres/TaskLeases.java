package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

import io.ikigai.platform.queue.TaskClaim;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Moves the ends of the leases of tasks: on a connection of its own, which no handler's
 * transaction can keep busy.
 */
final class TaskLeases {

	private final JdbcTemplate jdbc;

	private final SideConnection leaseConnection;

	private final String extend;

	TaskLeases(JdbcTemplate jdbc, SideConnection leaseConnection, Schema schema) {
		this.jdbc = jdbc;
		this.leaseConnection = leaseConnection;
		// Rows that a transaction has locked are passed over: that transaction settles
		// them, or ends with the lease. A lease that now ends earlier must also be looked
		// at earlier.
		this.extend = schema.sql("""
				WITH held AS MATERIALIZED (
					SELECT h.id, t.id AS mine FROM unnest(?, ?, ?) AS h(id, token, claimed_at)
					LEFT JOIN {schema}.task_queue t ON t.id = h.id AND t.claim_token = h.token
						AND t.claimed_at = h.claimed_at AND t.claimed_by IS NOT NULL
				), free AS MATERIALIZED (
					SELECT t.id FROM {schema}.task_queue t JOIN held ON t.id = held.mine FOR UPDATE OF t SKIP LOCKED
				), extended AS (
					UPDATE {schema}.task_queue t
					SET lease_expires_at = statement_timestamp() + make_interval(secs => ?)
					FROM free WHERE t.id = free.id
				), sooner AS (
					UPDATE {schema}.ikigai_task_claim c
					SET expires_at = statement_timestamp() + make_interval(secs => ?)
					WHERE c.token = ANY (?) AND c.expires_at > statement_timestamp() + make_interval(secs => ?)
				)
				SELECT id FROM held WHERE mine IS NULL""");
	}

	Set<UUID> extend(Collection<TaskClaim> claims, Duration lease) {
		double seconds = PostgresTaskStore.seconds(lease);
		if (claims.stream().anyMatch(TaskClaim::transactional)) {
			Set<UUID> lost = this.jdbc.execute((Connection connection) -> extend(connection, claims, seconds));
			return (lost != null) ? lost : Set.of();
		}
		return this.leaseConnection.execute((connection) -> extend(connection, claims, seconds));
	}

	private Set<UUID> extend(Connection connection, Collection<TaskClaim> claims, double seconds) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(this.extend)) {
			statement.setArray(1, connection.createArrayOf("uuid", claims.stream().map(TaskClaim::id).toArray()));
			statement.setArray(2, connection.createArrayOf("uuid", claims.stream().map(TaskClaim::token).toArray()));
			statement.setArray(3, connection.createArrayOf("timestamptz",
					claims.stream().map(TaskClaim::claimedAt).map(TaskLeases::utc).toArray()));
			statement.setDouble(4, seconds);
			statement.setDouble(5, seconds);
			statement.setArray(6,
					connection.createArrayOf("uuid", claims.stream().map(TaskClaim::token).distinct().toArray()));
			statement.setDouble(7, seconds);
			Set<UUID> lost = new HashSet<>();
			try (var rows = statement.executeQuery()) {
				while (rows.next()) {
					lost.add(rows.getObject(1, UUID.class));
				}
			}
			return lost;
		}
	}

	private static OffsetDateTime utc(Instant time) {
		return time.atOffset(ZoneOffset.UTC);
	}

}
