package io.ikigai.platform.postgres;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import io.ikigai.platform.TimeRange;
import io.ikigai.platform.outbox.OutboxMessage;
import io.ikigai.platform.outbox.OutboxStore;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The outbox in the table {@code ikigai_outbox}. What is not part of the caller's
 * transaction runs on a connection of its own: it is called while one has just ended,
 * whose connection is still bound to the thread.
 */
final class PostgresOutboxStore implements OutboxStore {

	private static final int BYTES_PER_READ = 8_000_000;

	private final JdbcTemplate jdbc;

	private final SideConnection connection;

	private final UUID self;

	private final String add;

	private final String next;

	private final String delete;

	private final String fail;

	private final String takeOver;

	PostgresOutboxStore(JdbcTemplate jdbc, SideConnection connection, Schema schema, UUID self) {
		this.jdbc = jdbc;
		this.connection = connection;
		this.self = self;
		this.add = schema.sql("""
				INSERT INTO {schema}.ikigai_outbox (service, sender, destination, id, body)
				SELECT n.service, ?, n.destination, n.id, n.body
				FROM unnest(?, ?, ?, ?) WITH ORDINALITY AS n(service, destination, id, body, number)
				ORDER BY n.number""");
		this.next = schema.sql("""
				SELECT position, service, destination, id,
					CASE WHEN octet_length(body) <= {largest} THEN body ELSE '' END AS body,
					extract(epoch FROM statement_timestamp() - least(greatest(created_at, TIMESTAMPTZ '{earliest}'),
						TIMESTAMPTZ '{latest}')) AS age, found
				FROM (SELECT *, sum(size) OVER (ORDER BY position) - size AS before, count(*) OVER () AS found
					FROM (SELECT *, least(octet_length(body), {largest}) AS size FROM {schema}.ikigai_outbox
						WHERE service = ? AND sender = ? AND error IS NULL ORDER BY position LIMIT ?) first) sized
				WHERE before < ? ORDER BY position"""
			// A payload within a body has its quotes escaped
			.replace("{largest}", Long.toString(4L * schema.largestText()))
			.replace("{earliest}", TimeRange.EARLIEST.toString())
			.replace("{latest}", TimeRange.LATEST.toString()));
		this.fail = schema.sql("""
				UPDATE {schema}.ikigai_outbox SET error = ?, failed_at = statement_timestamp() WHERE position = ?""");
		this.delete = schema.sql("DELETE FROM {schema}.ikigai_outbox WHERE position = ANY (?)");
		// One process at a time, so that what one left is not divided.
		this.takeOver = schema.sql("""
				UPDATE {schema}.ikigai_outbox o SET sender = ? WHERE service = ? AND sender <> ? AND error IS NULL
					AND NOT EXISTS (SELECT FROM {schema}.ikigai_agent_instance i
						WHERE i.id = o.sender AND i.died_at IS NULL AND i.status <> 'stopped')
					AND (SELECT pg_try_advisory_xact_lock(hashtextextended('ikigai_outbox', 0)))""");
	}

	@Override
	public void add(List<OutboxMessage> messages) {
		this.jdbc.execute(this.add, (PreparedStatement statement) -> {
			statement.setObject(1, this.self);
			statement.setObject(2, TextArray.of(messages, OutboxMessage::service));
			statement.setObject(3, TextArray.of(messages, OutboxMessage::destination));
			statement.setArray(4, WriteGroup.column(statement.getConnection(), "uuid", messages, OutboxMessage::id));
			statement.setObject(5, TextArray.of(messages, OutboxMessage::body));
			return statement.executeUpdate();
		});
	}

	@Override
	public Next next(String service, int max) {
		return this.connection.execute((connection) -> {
			List<OutboxMessage> messages = new ArrayList<>();
			long found = 0;
			try (PreparedStatement statement = connection.prepareStatement(this.next)) {
				statement.setString(1, service);
				statement.setObject(2, this.self);
				statement.setInt(3, max);
				statement.setInt(4, BYTES_PER_READ);
				try (ResultSet row = statement.executeQuery()) {
					while (row.next()) {
						found = row.getLong("found");
						messages.add(new OutboxMessage(row.getLong("position"), row.getString("service"),
								row.getString("destination"), row.getObject("id", UUID.class), row.getString("body"),
								Duration.ofMillis(Math.max(0, Math.round(row.getDouble("age") * 1000)))));
					}
				}
			}
			return new Next(messages, found < max && messages.size() == found);
		});
	}

	@Override
	public void delete(List<OutboxMessage> messages) {
		Object[] positions = messages.stream().map(OutboxMessage::position).toArray();
		this.connection.execute((connection) -> {
			try (PreparedStatement statement = connection.prepareStatement(this.delete)) {
				statement.setArray(1, connection.createArrayOf("bigint", positions));
				return statement.executeUpdate();
			}
		});
	}

	@Override
	public void fail(OutboxMessage message, String error) {
		this.connection.execute((connection) -> {
			try (PreparedStatement statement = connection.prepareStatement(this.fail)) {
				statement.setString(1, error);
				statement.setLong(2, message.position());
				return statement.executeUpdate();
			}
		});
	}

	@Override
	public int takeOver(String service) {
		return this.connection.execute((connection) -> {
			try (PreparedStatement statement = connection.prepareStatement(this.takeOver)) {
				statement.setObject(1, this.self);
				statement.setString(2, service);
				statement.setObject(3, this.self);
				return statement.executeUpdate();
			}
		});
	}

}
