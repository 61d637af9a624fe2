package io.ikigai.platform.postgres;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Reads payloads and headers as {@link LargeRows}: the two texts of a row, in this order.
 */
final class LargeTexts {

	private LargeTexts() {
	}

	/**
	 * Creates the reader of a table.
	 * @param jdbc runs the statements
	 * @param schema the schema
	 * @param table the table
	 * @param sender the column that tells whether the platform has written a row
	 */
	static LargeRows<List<@Nullable String>> of(JdbcTemplate jdbc, Schema schema, String table, String sender) {
		String select = schema
			.sql("SELECT id, {text:payload by %1$s}, {text:headers by %1$s} FROM {schema}.%2$s WHERE id = ANY (?)"
				.formatted(sender, table), "{most}");
		return new LargeRows<>(schema.largestText(), (ids, most) -> {
			Map<UUID, List<@Nullable String>> texts = new HashMap<>();
			jdbc.query(select.replace("{most}", Integer.toString(most)),
					(PreparedStatement statement) -> statement.setArray(1, PostgresTaskTracker.uuids(statement, ids)),
					(ResultSet row) -> {
						texts.put(row.getObject(1, UUID.class), Arrays.asList(row.getString(2), row.getString(3)));
					});
			return texts;
		}, (texts) -> texts);
	}

}
