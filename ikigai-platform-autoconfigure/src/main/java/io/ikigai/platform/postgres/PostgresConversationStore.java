package io.ikigai.platform.postgres;

import java.util.Collection;
import java.util.List;

import io.ikigai.platform.storage.ConversationStore;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Messages of conversations in {@code ikigai_chat_message}.
 */
final class PostgresConversationStore implements ConversationStore {

	private final JdbcTemplate jdbc;

	private final Schema schema;

	PostgresConversationStore(JdbcTemplate jdbc, Schema schema) {
		this.jdbc = jdbc;
		this.schema = schema;
	}

	@Override
	public List<String> conversations() {
		return this.jdbc.queryForList(this.schema.sql("""
				SELECT DISTINCT conversation FROM {schema}.ikigai_chat_message
				WHERE forgotten_at IS NULL ORDER BY conversation"""), String.class);
	}

	@Override
	public List<Entry> remembered(String conversation) {
		return entries(conversation, "");
	}

	@Override
	public List<Entry> lock(String conversation) {
		return entries(conversation, " FOR UPDATE");
	}

	private List<Entry> entries(String conversation, String lock) {
		return this.jdbc.query(this.schema.sql("""
				SELECT position, message FROM {schema}.ikigai_chat_message
				WHERE conversation = ? AND forgotten_at IS NULL ORDER BY position""" + lock),
				(row, number) -> new Entry(row.getLong("position"), row.getString("message")), conversation);
	}

	@Override
	public void append(String conversation, List<String> messages) {
		// In one statement, which numbers them in their order.
		this.jdbc.update(this.schema.sql("""
				INSERT INTO {schema}.ikigai_chat_message (conversation, message)
				SELECT ?, CAST(m.message AS jsonb) FROM unnest(?) WITH ORDINALITY AS m(message, number)
				ORDER BY m.number"""), conversation, messages.toArray(String[]::new));
	}

	@Override
	public void forget(String conversation, Collection<Long> positions) {
		this.jdbc.update(this.schema.sql("""
				UPDATE {schema}.ikigai_chat_message SET forgotten_at = statement_timestamp()
				WHERE conversation = ? AND position = ANY(?)"""), conversation, positions.toArray(Long[]::new));
	}

	@Override
	public void delete(String conversation) {
		this.jdbc.update(this.schema.sql("DELETE FROM {schema}.ikigai_chat_message WHERE conversation = ?"),
				conversation);
	}

}
