package io.ikigai.platform.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import io.ikigai.platform.StoredHeaders;
import io.ikigai.platform.mailbox.MailboxConsumer;
import io.ikigai.platform.mailbox.MessageInfo;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Looks at the messages in {@code mailbox} without receiving them.
 */
final class MailboxInspection {

	private final JdbcTemplate jdbc;

	private final TaskRow rows;

	private final LargeRows<List<@Nullable String>> texts;

	private final String list;

	private final String consumer;

	MailboxInspection(JdbcTemplate jdbc, Schema schema, TaskRow rows) {
		this.jdbc = jdbc;
		this.rows = rows;
		// Each half has an index of its own; there is none over both
		this.list = schema.sql(
				"""
						SELECT id, mailbox_name, sender, {text:payload by sent_by} AS payload_text, {text:headers by sent_by} AS headers_text,
							reply_to, correlation_id, attempt, created_at, read_at, read_by, error FROM (
							(SELECT * FROM {schema}.mailbox WHERE mailbox_name = ? AND read_at IS NULL ORDER BY position DESC LIMIT ?)
							UNION ALL
							(SELECT * FROM {schema}.mailbox WHERE mailbox_name = ? AND read_at IS NOT NULL
								ORDER BY read_at DESC LIMIT ?)) m
						ORDER BY position DESC LIMIT ?""",
				"{most}");
		this.texts = LargeTexts.of(jdbc, schema, "mailbox", "sent_by");
		this.consumer = schema.sql("""
				SELECT i.agent_name, lease_expires_at, lease_expires_at > statement_timestamp() AND EXISTS (
					SELECT FROM {schema}.mailbox m WHERE m.mailbox_name = c.mailbox_name AND m.read_at IS NULL
						AND m.receipt IS NOT NULL) AS holding
				FROM {schema}.ikigai_mailbox_consumer c JOIN {schema}.ikigai_agent_instance i ON i.id = c.instance_id
				WHERE mailbox_name = ?""");
	}

	List<MessageInfo> list(String mailbox, int limit) {
		List<Shown> messages = this.jdbc.query(this.list.replace("{most}", Integer.toString(this.texts.each(limit))),
				(row, number) -> shown(row), mailbox, limit, mailbox, limit, limit);
		Map<UUID, Optional<List<@Nullable String>>> read = this.texts
			.read(messages.stream().filter(Shown::large).map(Shown::id).toList());
		return messages.stream()
			.map((message) -> info(message, read.getOrDefault(message.id(), Optional.empty())))
			.toList();
	}

	private Shown shown(ResultSet row) throws SQLException {
		String headersText = row.getString("headers_text");
		StoredHeaders headers = this.rows.headers(headersText);
		String payload = row.getString("payload_text");
		String error = row.getString("error");
		MessageInfo info = new MessageInfo(row.getObject("id", UUID.class), row.getString("mailbox_name"),
				row.getString("sender"), TaskRow.shown(payload), headers.headers(), row.getString("reply_to"),
				row.getString("correlation_id"), row.getInt("attempt"), TaskRow.required(row, "created_at"),
				TaskRow.instant(row, "read_at"), row.getString("read_by"),
				TaskRow.error(error, TaskRow.flaw(payload, headers)));
		return new Shown(info, error, LargeRows.isTooLarge(payload) || LargeRows.isTooLarge(headersText));
	}

	// Where there was no more room, it stays as unreadable as it is
	private MessageInfo info(Shown message, Optional<List<@Nullable String>> texts) {
		MessageInfo info = message.info;
		if (texts.isEmpty()) {
			return info;
		}
		String payload = texts.get().get(0);
		StoredHeaders headers = this.rows.headers(texts.get().get(1));
		return new MessageInfo(info.id(), info.mailbox(), info.sender(), TaskRow.shown(payload), headers.headers(),
				info.replyTo(), info.correlationId(), info.attempt(), info.createdAt(), info.readAt(), info.readBy(),
				TaskRow.error(message.error, TaskRow.flaw(payload, headers)));
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

	/**
	 * A message to show.
	 *
	 * @param info the message, as far as it was read
	 * @param error its own error, if it has one
	 * @param large whether its texts have not been read with those of all others
	 */
	private record Shown(MessageInfo info, @Nullable String error, boolean large) {

		UUID id() {
			return this.info.id();
		}

	}

}
