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

	private static final long SMALLEST_SPAN = 64;

	private static final long LARGEST_SPAN = 4096;

	private static final long WHOLE = 1L << 60;

	/** A plan made anew for each page would cost more than to read it. */
	static final String SETTING = "plan_cache_mode = force_generic_plan";

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

	/** How many transactions a window holds at most; fewer while pages are full. */
	private long span = WHOLE;

	TopicSql(SideConnection connection, Schema schema) {
		this.connection = connection;
		this.page = schema
			.sql("""
					WITH w AS MATERIALIZED (
						SELECT seen, capped, CASE WHEN capped THEN format('%1$s:%1$s:', xmax + span)::pg_snapshot ELSE upto END
							AS upto
						FROM (SELECT *, pg_snapshot_xmin(upto)::text::bigint - span > xmax AS capped
							FROM (SELECT *, pg_snapshot_xmax(seen)::text::bigint AS xmax
								FROM (SELECT CAST(? AS pg_snapshot) AS seen, CAST(? AS bigint) AS span,
									coalesce(CAST(? AS pg_snapshot), pg_current_snapshot()) AS upto) a) b) c
					)
					SELECT s.*, p.id, p.topic, p.payload, p.bytes, p.created_at
					FROM (SELECT {upto}::text AS upto, (SELECT capped FROM w) AS capped,
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
					ORDER BY p.id"""
				.replace("{window}", WINDOW)
				.replace("{seen}", "(SELECT seen FROM w)")
				.replace("{upto}", "(SELECT upto FROM w)"));
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
	 * Reads the next messages: those that follow the cursor within its window. If it is
	 * at rest, a window begins. It is not too large, since each page is sorted out of the
	 * whole of it.
	 * @param cursor from where to read
	 * @param upto the snapshot beyond which no window goes, or {@code null} for now
	 * @param topics the topics
	 */
	TopicPage read(TopicCursor cursor, @Nullable String upto, Collection<String> topics) {
		return this.connection.execute((connection) -> {
			try (PreparedStatement statement = connection.prepareStatement(this.page)) {
				bind(statement, cursor, upto, connection, topics);
				try (ResultSet row = statement.executeQuery()) {
					return page(row, cursor);
				}
			}
		});
	}

	private void bind(PreparedStatement statement, TopicCursor cursor, @Nullable String upto, Connection connection,
			Collection<String> topics) throws SQLException {
		Array names = connection.createArrayOf("text", topics.toArray());
		boolean begins = cursor.to() == null;
		Object[] values = { cursor.from(), begins ? this.span : WHOLE, begins ? upto : cursor.to(), names,
				cursor.after(), ROWS_PER_PAGE, BYTES_PER_PAGE };
		for (int i = 0; i < values.length; i++) {
			statement.setObject(i + 1, values[i]);
		}
	}

	private TopicPage page(ResultSet row, TopicCursor cursor) throws SQLException {
		List<TopicPage.Row> rows = new ArrayList<>();
		String to = "";
		String swept = null;
		boolean capped = false;
		boolean rewound = false;
		long bytes = 0;
		while (row.next()) {
			if (rows.isEmpty()) {
				to = row.getString(1);
				capped = row.getBoolean(2);
				rewound = row.getBoolean(3);
				swept = row.getString(4);
			}
			long id = row.getLong(5);
			if (!row.wasNull()) {
				int size = row.getInt(8);
				rows.add(new TopicPage.Row(id, size,
						new TopicMessage(row.getString(6), row.getString(7), TaskRow.required(row, "created_at"))));
				bytes += size;
			}
		}
		boolean last = rows.size() < ROWS_PER_PAGE && bytes < BYTES_PER_PAGE;
		if (cursor.to() == null) {
			this.span = last ? Math.min(this.span * 2, WHOLE)
					: Math.max(Math.min(this.span, LARGEST_SPAN) / 2, SMALLEST_SPAN);
		}
		return new TopicPage(to, capped, rows, last, swept, rewound);
	}

}
