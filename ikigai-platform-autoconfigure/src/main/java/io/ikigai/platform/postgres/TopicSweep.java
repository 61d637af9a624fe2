package io.ikigai.platform.postgres;

import java.time.Duration;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Deletes topic messages that every reader could see for the retention: those visible in
 * a snapshot that is older. The time of a row would not tell, since it may have been
 * committed much later.
 */
final class TopicSweep implements Runnable {

	private static final int ROWS_PER_DELETE = 5000;

	private final JdbcClient jdbc;

	private final Schema schema;

	private final Duration retention;

	TopicSweep(JdbcTemplate jdbc, Schema schema, Duration retention) {
		this.jdbc = JdbcClient.create(jdbc);
		this.schema = schema;
		this.retention = retention;
	}

	private JdbcClient.StatementSpec sql(String text) {
		return this.jdbc.sql(this.schema.sql(text));
	}

	@Override
	public void run() {
		deleteForeign();
		// Marked before anything is deleted: a reader must not find less without a sign.
		sql("""
				UPDATE {schema}.ikigai_topic_sweep SET swept = true WHERE id = (
					SELECT max(id) FROM {schema}.ikigai_topic_sweep
					WHERE taken_at <= statement_timestamp() - make_interval(secs => ?)) RETURNING id""")
			.param(PostgresTaskStore.seconds(this.retention))
			.query(Long.class)
			.optional()
			.ifPresent(this::sweep);
		sql("INSERT INTO {schema}.ikigai_topic_sweep DEFAULT VALUES").update();
	}

	private void sweep(long id) {
		int deleted = ROWS_PER_DELETE;
		while (deleted == ROWS_PER_DELETE) {
			deleted = sql("""
					DELETE FROM {schema}.ikigai_topic_message WHERE ctid = ANY (ARRAY (
						SELECT m.ctid FROM {schema}.ikigai_topic_sweep w, {schema}.ikigai_topic_message m
						WHERE w.id = ? AND m.xid < pg_snapshot_xmax(w.snapshot)
							AND pg_visible_in_snapshot(m.xid, w.snapshot)
						LIMIT ? FOR UPDATE OF m SKIP LOCKED))""").params(id, ROWS_PER_DELETE).update();
		}
		sql("DELETE FROM {schema}.ikigai_topic_sweep WHERE id < ?").param(id).update();
	}

	// What was copied from another server bears its transactions, which say nothing here.
	private void deleteForeign() {
		sql("""
				DELETE FROM {schema}.ikigai_topic_message
				WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())""").update();
		sql("""
				DELETE FROM {schema}.ikigai_topic_sweep
				WHERE pg_snapshot_xmax(snapshot) > pg_snapshot_xmax(pg_current_snapshot())""").update();
	}

}
