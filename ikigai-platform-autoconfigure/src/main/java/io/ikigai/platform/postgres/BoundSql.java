package io.ikigai.platform.postgres;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

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

	String text() {
		return this.text.toString();
	}

	@Nullable Object[] arguments() {
		return this.arguments.toArray();
	}

}
