package io.ikigai.platform.postgres;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.ikigai.platform.pubsub.TopicMessage;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code ikigai_topic_message}: what one snapshot could not see and a later one
 * can. Exact, whatever transactions do meanwhile, and by an index, however long one stays
 * open.
 */
final class TopicSql {

	static final int ROWS_PER_PAGE = 500;

	static final int BYTES_PER_PAGE = 4 * 1024 * 1024;

	/**
	 * The messages that the snapshot {seen} does not see and {upto} does. A range with
	 * two ends: the planner takes an unknown one for small, and uses the index before
	 * there are statistics.
	 */
	private static final String WINDOW = """
			((m.xid >= pg_snapshot_xmax({seen}) AND m.xid < pg_snapshot_xmax({upto}))
				OR m.xid = ANY (ARRAY(SELECT pg_snapshot_xip({seen}))))
			AND pg_visible_in_snapshot(m.xid, {upto})""";

	/**
	 * What the snapshot {@code ?} has not seen of the topics {@code ?}: {@code new} if
	 * there is something, else the snapshot up to which there is nothing. Sorted, lest
	 * the planner read the whole table in the hope of a row at its beginning.
	 */
	static final String LOOK = """
			(SELECT CASE WHEN t.seen IS NULL THEN NULL
				WHEN pg_snapshot_xmax(t.seen) > pg_snapshot_xmax(pg_current_snapshot())
					OR (SELECT m.id FROM {schema}.ikigai_topic_message m
						WHERE m.topic = ANY (t.topics) AND {window} ORDER BY m.id LIMIT 1) IS NOT NULL
				THEN 'new' ELSE pg_current_snapshot()::text END
			FROM (SELECT CAST(? AS pg_snapshot) AS seen, CAST(? AS text[]) AS topics) t)
			""".replace("{window}", WINDOW.replace("{seen}", "t.seen").replace("{upto}", "pg_current_snapshot()"));

	private final SideConnection connection;

	private final String page;

	TopicSql(SideConnection connection, Schema schema) {
		this.connection = connection;
		this.page = schema.sql("""
				SELECT s.*, p.id, p.topic, p.payload, p.bytes, p.created_at
				FROM (SELECT pg_current_snapshot()::text AS now,
						pg_snapshot_xmax({seen}) > pg_snapshot_xmax(pg_current_snapshot()) AS rewound,
						(SELECT w.snapshot::text FROM {schema}.ikigai_topic_sweep w
						WHERE w.swept AND pg_snapshot_xmax(w.snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
							AND (pg_snapshot_xmax(w.snapshot) > pg_snapshot_xmax({seen})
								OR EXISTS (SELECT FROM pg_snapshot_xip({seen}) AS x(xid)
									WHERE pg_visible_in_snapshot(x.xid, w.snapshot)))
						ORDER BY w.id DESC LIMIT 1) AS swept) s
				LEFT JOIN LATERAL (
					SELECT * FROM (
						SELECT found.*, sum(found.bytes) OVER (ORDER BY found.id) - found.bytes AS bytes_before FROM (
							SELECT m.id, m.topic, m.payload, m.bytes, m.created_at FROM {schema}.ikigai_topic_message m
							WHERE m.topic = ANY (?) AND m.id > ? AND {window} ORDER BY m.id LIMIT ?) found) summed
					WHERE bytes_before < ?) p ON true
				ORDER BY p.id""".replace("{window}", WINDOW)
			.replace("{seen}", "CAST(? AS pg_snapshot)")
			.replace("{upto}", "coalesce(CAST(? AS pg_snapshot), pg_current_snapshot())"));
	}

	String snapshot() {
		return this.connection.execute((connection) -> {
			try (Statement statement = connection.createStatement();
					ResultSet row = statement.executeQuery("SELECT pg_current_snapshot()::text")) {
				if (!row.next()) {
					throw new SQLException("PostgreSQL returned no snapshot");
				}
				return row.getString(1);
			}
		});
	}

	/**
	 * Reads the next messages: those that follow the cursor within its window, or up to
	 * now if it is at rest.
	 */
	TopicPage read(TopicCursor cursor, Collection<String> topics) {
		return this.connection.execute((connection) -> {
			try (PreparedStatement statement = connection.prepareStatement(this.page)) {
				bind(statement, cursor, connection, topics);
				try (ResultSet row = statement.executeQuery()) {
					return page(row, cursor);
				}
			}
		});
	}

	private static void bind(PreparedStatement statement, TopicCursor cursor, Connection connection,
			Collection<String> topics) throws SQLException {
		String from = cursor.from();
		@Nullable String to = cursor.to();
		Array names = connection.createArrayOf("text", topics.toArray());
		Object[] values = { from, from, from, names, cursor.after(), from, to, from, to, ROWS_PER_PAGE,
				BYTES_PER_PAGE };
		for (int i = 0; i < values.length; i++) {
			statement.setObject(i + 1, values[i]);
		}
	}

	private static TopicPage page(ResultSet row, TopicCursor cursor) throws SQLException {
		List<TopicPage.Row> rows = new ArrayList<>();
		String now = "";
		String swept = null;
		boolean rewound = false;
		long bytes = 0;
		while (row.next()) {
			now = row.getString("now");
			swept = row.getString("swept");
			rewound = row.getBoolean("rewound");
			long id = row.getLong("id");
			if (!row.wasNull()) {
				rows.add(new TopicPage.Row(id, row.getInt("bytes"), new TopicMessage(row.getString("topic"),
						row.getString("payload"), TaskRow.required(row, "created_at"))));
				bytes += row.getInt("bytes");
			}
		}
		String to = (cursor.to() != null) ? cursor.to() : now;
		return new TopicPage(now, to, rows, rows.size() < ROWS_PER_PAGE && bytes < BYTES_PER_PAGE, swept, rewound);
	}

}
