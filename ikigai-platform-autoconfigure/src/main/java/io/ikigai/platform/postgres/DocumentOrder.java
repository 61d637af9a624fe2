package io.ikigai.platform.postgres;

import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.storage.DocumentQuery.Order;

import org.springframework.jdbc.core.RowMapper;

/**
 * The order of documents as SQL: for each path the keys of {@link DocumentPath}, and the
 * id last.
 */
final class DocumentOrder {

	private final List<BoundSql> keys = new ArrayList<>();

	private final List<Boolean> ascending = new ArrayList<>();

	DocumentOrder(List<Order> order) {
		for (Order step : order) {
			for (BoundSql key : new DocumentPath(step.path()).keys(step.ascending())) {
				this.keys.add(key);
				this.ascending.add(step.ascending());
			}
		}
	}

	/**
	 * Returns the keys, as columns to select.
	 */
	BoundSql columns() {
		BoundSql sql = new BoundSql();
		for (int i = 0; i < this.keys.size(); i++) {
			sql.add((i > 0) ? ", " : "").add(this.keys.get(i));
		}
		return sql;
	}

	/**
	 * Returns how the values of the keys are read.
	 */
	RowMapper<List<Object>> row() {
		return (row, number) -> {
			List<Object> values = new ArrayList<>();
			for (int i = 1; i <= this.keys.size(); i++) {
				values.add(row.getObject(i));
			}
			return values;
		};
	}

	BoundSql orderBy() {
		BoundSql sql = new BoundSql();
		for (int i = 0; i < this.keys.size(); i++) {
			sql.add(this.keys.get(i)).add(this.ascending.get(i) ? ", " : " DESC, ");
		}
		return sql.add("id");
	}

	/**
	 * Returns what holds for all that comes after a position.
	 * @param position the values of the keys
	 * @param id the id of the document there
	 */
	BoundSql after(List<?> position, String id) {
		BoundSql sql = new BoundSql();
		for (int i = 0; i < this.keys.size(); i++) {
			sql.add("(")
				.add(this.keys.get(i))
				.add(this.ascending.get(i) ? " > ?" : " < ?", position.get(i))
				.add(" OR (")
				.add(this.keys.get(i))
				.add(" = ? AND ", position.get(i));
		}
		return sql.add("id > ?", id).add("))".repeat(this.keys.size()));
	}

}
