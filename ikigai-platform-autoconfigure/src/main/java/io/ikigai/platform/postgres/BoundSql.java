package io.ikigai.platform.postgres;

import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

import org.springframework.jdbc.core.ArgumentPreparedStatementSetter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.RowMapperResultSetExtractor;

/**
 * SQL that is put together with its arguments: one for each question mark, in order.
 */
final class BoundSql {

	private final StringBuilder text = new StringBuilder();

	private final List<@Nullable Object> arguments = new ArrayList<>();

	BoundSql add(String sql, @Nullable Object... arguments) {
		this.text.append(sql);
		Collections.addAll(this.arguments, arguments);
		return this;
	}

	BoundSql add(BoundSql other) {
		return add(other.text.toString(), other.arguments());
	}

	/**
	 * Runs it, planned anew each time: only a plan that knows the arguments can use the
	 * indexes of a collection.
	 */
	<R> List<R> query(JdbcTemplate jdbc, Schema schema, RowMapper<R> mapper) {
		List<R> rows = DocumentLimits.within(() -> jdbc.query((connection) -> {
			PreparedStatement statement = connection.prepareStatement(schema.sql(this.text.toString()));
			if (statement.isWrapperFor(PGStatement.class)) {
				statement.unwrap(PGStatement.class).setPrepareThreshold(0);
			}
			return statement;
		}, new ArgumentPreparedStatementSetter(arguments()), new RowMapperResultSetExtractor<>(mapper)));
		return (rows != null) ? rows : List.of();
	}

	private @Nullable Object[] arguments() {
		return this.arguments.toArray();
	}

}
