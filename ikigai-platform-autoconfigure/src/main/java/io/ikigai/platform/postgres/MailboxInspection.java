package io.ikigai.platform.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import io.ikigai.platform.StoredHeaders;
import io.ikigai.platform.mailbox.MailboxConsumer;
import io.ikigai.platform.mailbox.MessageInfo;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Looks at the messages in {@code mailbox} without receiving them.
 */
final class MailboxInspection {

	private final JdbcTemplate jdbc;

	private final TaskRow rows;

	private final String list;

	private final String consumer;

	MailboxInspection(JdbcTemplate jdbc, Schema schema, TaskRow rows) {
		this.jdbc = jdbc;
		this.rows = rows;
		// Each half has an index of its own; there is none over both
		this.list = schema
			.sql("""
					SELECT id, mailbox_name, sender, {text:payload} AS payload_text, {text:headers} AS headers_text,
						reply_to, correlation_id, attempt, created_at, read_at, read_by, error FROM (
						(SELECT * FROM {schema}.mailbox WHERE mailbox_name = ? AND read_at IS NULL ORDER BY position DESC LIMIT ?)
						UNION ALL
						(SELECT * FROM {schema}.mailbox WHERE mailbox_name = ? AND read_at IS NOT NULL
							ORDER BY read_at DESC LIMIT ?)) m
					ORDER BY position DESC LIMIT ?""");
		this.consumer = schema.sql("""
				SELECT i.agent_name, lease_expires_at, lease_expires_at > statement_timestamp() AND EXISTS (
					SELECT FROM {schema}.mailbox m WHERE m.mailbox_name = c.mailbox_name AND m.read_at IS NULL
						AND m.receipt IS NOT NULL) AS holding
				FROM {schema}.ikigai_mailbox_consumer c JOIN {schema}.ikigai_agent_instance i ON i.id = c.instance_id
				WHERE mailbox_name = ?""");
	}

	List<MessageInfo> list(String mailbox, int limit) {
		return this.jdbc.query(this.list, (row, number) -> info(row), mailbox, limit, mailbox, limit, limit);
	}

	private MessageInfo info(ResultSet row) throws SQLException {
		StoredHeaders headers = this.rows.headers(row.getString("headers_text"));
		String payload = row.getString("payload_text");
		return new MessageInfo(row.getObject("id", UUID.class), row.getString("mailbox_name"), row.getString("sender"),
				TaskRow.shown(payload), headers.headers(), row.getString("reply_to"), row.getString("correlation_id"),
				row.getInt("attempt"), TaskRow.required(row, "created_at"), TaskRow.instant(row, "read_at"),
				row.getString("read_by"), TaskRow.error(row.getString("error"), TaskRow.flaw(payload, headers)));
	}

	Optional<MailboxConsumer> consumer(String mailbox) {
		return this.jdbc
			.query(this.consumer,
					(row, number) -> new MailboxConsumer(row.getString("agent_name"), row.getBoolean("holding"),
							TaskRow.required(row, "lease_expires_at")),
					mailbox)
			.stream()
			.findFirst();
	}

}
