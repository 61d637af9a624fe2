package io.ikigai.platform.postgres;

import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

import io.ikigai.platform.outbox.Settlement;
import io.ikigai.platform.outbox.SettlementStore;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Settlements in the table {@code ikigai_settlement}. Two transactions that settle the
 * same wait for each other at its key.
 */
final class PostgresSettlementStore implements SettlementStore {

	// What a backend was never told of it may hand out much later, if nobody works on
	// that queue meanwhile.
	private static final String RETENTION = "interval '30 days'";

	private final JdbcTemplate jdbc;

	private final SideConnection connection;

	private final String record;

	private final String find;

	private final String forget;

	private final String sweep;

	PostgresSettlementStore(JdbcTemplate jdbc, SideConnection connection, Schema schema) {
		this.jdbc = jdbc;
		this.connection = connection;
		this.record = schema.sql("""
				INSERT INTO {schema}.ikigai_settlement AS present (id, token, outcome, last) VALUES (?, ?, ?, ?)
				ON CONFLICT (id) DO UPDATE
					SET token = excluded.token, outcome = excluded.outcome, last = excluded.last,
						settled_at = excluded.settled_at
					WHERE NOT present.last""");
		this.find = schema.sql("SELECT id, token, outcome, last FROM {schema}.ikigai_settlement WHERE id = ANY (?)");
		this.forget = schema.sql("""
				DELETE FROM {schema}.ikigai_settlement s USING unnest(?, ?) AS known(id, token)
				WHERE s.id = known.id AND s.token = known.token""");
		this.sweep = schema
			.sql("DELETE FROM {schema}.ikigai_settlement WHERE settled_at < statement_timestamp() - " + RETENTION);
	}

	@Override
	public void begin(Duration lease) {
		this.jdbc.query("""
				SELECT set_config('idle_in_transaction_session_timeout', ?, true),
					set_config('client_connection_check_interval', '500', true)""", (row) -> {
		}, Long.toString(lease.toMillis()));
	}

	@Override
	public boolean record(Settlement settlement) {
		return this.jdbc.update(this.record, settlement.id(), settlement.token(), settlement.outcome(),
				settlement.last()) == 1;
	}

	@Override
	public List<Settlement> find(Collection<UUID> ids) {
		return this.jdbc.query(this.find,
				(PreparedStatement statement) -> statement.setArray(1,
						statement.getConnection().createArrayOf("uuid", ids.toArray())),
				(row, number) -> new Settlement(row.getObject("id", UUID.class), row.getObject("token", UUID.class),
						row.getString("outcome"), row.getBoolean("last")));
	}

	@Override
	public void forget(Collection<Settlement> settlements) {
		this.connection.execute((connection) -> {
			try (PreparedStatement statement = connection.prepareStatement(this.forget)) {
				statement.setArray(1,
						connection.createArrayOf("uuid", settlements.stream().map(Settlement::id).toArray()));
				statement.setArray(2,
						connection.createArrayOf("uuid", settlements.stream().map(Settlement::token).toArray()));
				return statement.executeUpdate();
			}
		});
	}

	void sweep() {
		this.jdbc.update(this.sweep);
	}

}
