package io.ikigai.platform.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import io.ikigai.platform.StoredHeaders;
import io.ikigai.platform.mailbox.MessageReceipt;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Hands out the next messages of a mailbox, no more of them than fit into memory. Called
 * within the transaction of a receive that holds the mailbox's lock.
 */
final class PickedMessages {

	private final JdbcTemplate jdbc;

	private final MailboxSql sql;

	private final TaskRow rows;

	private final UUID instance;

	private final QueueAnnouncer announcer;

	private final LargeRows<List<@Nullable String>> texts;

	PickedMessages(JdbcTemplate jdbc, Schema schema, MailboxSql sql, TaskRow rows, UUID instance,
			QueueAnnouncer announcer) {
		this.jdbc = jdbc;
		this.sql = sql;
		this.rows = rows;
		this.instance = instance;
		this.announcer = announcer;
		this.texts = LargeTexts.of(jdbc, schema, "mailbox", "sent_by");
	}

	/**
	 * Hands out messages.
	 * @param mailbox the mailbox
	 * @param max how many at most
	 * @param lease how long this process holds the mailbox
	 * @param token their token
	 * @return the messages, in order
	 */
	List<MessageReceipt> next(String mailbox, int max, Duration lease, UUID token) {
		String pick = this.sql.pick.replace("{most}", Integer.toString(this.texts.each(max)));
		List<Positioned> picked = this.jdbc
			.query(pick, (row, number) -> positioned(row, token), mailbox, max, token, mailbox, this.instance,
					PostgresTaskStore.seconds(lease))
			.stream()
			.sorted(Comparator.comparingLong(Positioned::position))
			.toList();
		return (picked.stream().anyMatch(Positioned::large) ? withLarge(mailbox, picked, token) : picked).stream()
			.map(Positioned::receipt)
			.toList();
	}

	// What does not fit is taken back, and all behind it
	private List<Positioned> withLarge(String mailbox, List<Positioned> picked, UUID token) {
		Map<UUID, Optional<List<@Nullable String>>> texts = this.texts
			.read(picked.stream().filter(Positioned::large).map(Positioned::id).toList());
		List<Positioned> complete = new ArrayList<>();
		for (Positioned message : picked) {
			Optional<List<@Nullable String>> ofMessage = texts.get(message.id());
			if (message.large() && ofMessage == null) {
				break;
			}
			complete.add((ofMessage != null && ofMessage.isPresent())
					? message.with(ofMessage.get().get(0), this.rows.headers(ofMessage.get().get(1))) : message);
		}
		List<UUID> back = picked.subList(complete.size(), picked.size()).stream().map(Positioned::id).toList();
		if (!back.isEmpty()) {
			this.jdbc.update(this.sql.putBack, (statement) -> {
				statement.setArray(1, PostgresTaskTracker.uuids(statement, back));
				statement.setObject(2, token);
			});
			this.announcer.announceMessage(mailbox, null);
		}
		return complete;
	}

	private Positioned positioned(ResultSet row, UUID token) throws SQLException {
		String headersText = row.getString("headers");
		StoredHeaders headers = this.rows.headers(headersText);
		String payload = row.getString("payload");
		return new Positioned(row.getLong("position"),
				LargeRows.isTooLarge(payload) || LargeRows.isTooLarge(headersText),
				new MessageReceipt(row.getObject("id", UUID.class), token, row.getString("mailbox_name"),
						row.getString("sender"), TaskRow.shown(payload), row.getInt("attempt"), row.getInt("failures"),
						headers.headers(), row.getString("reply_to"), row.getString("correlation_id"),
						TaskRow.required(row, "created_at"), TaskRow.flaw(payload, headers)));
	}

	/**
	 * A message that is handed out.
	 *
	 * @param position where it stands
	 * @param large whether its texts have not been read with those of all others
	 * @param receipt the message
	 */
	private record Positioned(long position, boolean large, MessageReceipt receipt) {

		UUID id() {
			return this.receipt.id();
		}

		Positioned with(@Nullable String payload, StoredHeaders headers) {
			MessageReceipt message = this.receipt;
			return new Positioned(this.position, false,
					new MessageReceipt(message.id(), message.token(), message.mailbox(), message.sender(),
							TaskRow.shown(payload), message.attempt(), message.failures(), headers.headers(),
							message.replyTo(), message.correlationId(), message.createdAt(),
							TaskRow.flaw(payload, headers)));
		}

	}

}
