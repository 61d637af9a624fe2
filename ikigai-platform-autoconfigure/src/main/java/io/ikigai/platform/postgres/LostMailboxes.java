package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.UUID;

/**
 * Ends the leases on mailboxes of processes that died, and wakes who waits for them.
 */
final class LostMailboxes {

	private final QueueAnnouncer announcer;

	private final String end;

	LostMailboxes(Schema schema, QueueAnnouncer announcer) {
		this.announcer = announcer;
		this.end = schema.sql("""
				UPDATE {schema}.ikigai_mailbox_consumer SET lease_expires_at = statement_timestamp()
				WHERE instance_id = ANY (?) RETURNING mailbox_name""");
	}

	void free(Connection connection, Set<UUID> dead) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(this.end)) {
			statement.setArray(1, connection.createArrayOf("uuid", dead.toArray()));
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					this.announcer.announceMessage(row.getString(1), null);
				}
			}
		}
	}

}
