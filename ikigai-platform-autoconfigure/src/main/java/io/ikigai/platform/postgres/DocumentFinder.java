package io.ikigai.platform.postgres;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.ikigai.platform.storage.CollectionSettings;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.DocumentQuery.Order;
import io.ikigai.platform.storage.SearchHit;
import io.ikigai.platform.storage.StoredDocument;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * Finds documents, by conditions or by their text.
 */
final class DocumentFinder {

	private final JdbcTemplate jdbc;

	private final Schema schema;

	private final Map<String, CollectionSettings> settings;

	DocumentFinder(JdbcTemplate jdbc, Schema schema, Map<String, CollectionSettings> settings) {
		this.jdbc = jdbc;
		this.schema = schema;
		this.settings = settings;
	}

	private CollectionSettings settings(String collection) {
		return this.settings.getOrDefault(collection, CollectionSettings.UNDECLARED);
	}

	List<StoredDocument<String>> find(String collection, DocumentQuery query, Function<@Nullable Object, String> json) {
		return query(statement(collection, query, json), (row, number) -> PostgresDocumentStore.document(row));
	}

	BoundSql statement(String collection, DocumentQuery query, Function<@Nullable Object, String> json) {
		BoundSql sql = new BoundSql().add("SELECT " + PostgresDocumentStore.COLUMNS + " FROM {schema}.ikigai_document")
			.add(where(collection, query, json));
		DocumentOrder order = new DocumentOrder(query.order());
		StoredDocument<?> after = query.after();
		if (after != null) {
			sql.add(" AND ").add(order.after(position(collection, query.order(), order, after, json), after.id()));
		}
		return sql.add(" ORDER BY ").add(order.orderBy()).add(" LIMIT ?", query.limit());
	}

	long count(String collection, DocumentQuery query, Function<@Nullable Object, String> json) {
		BoundSql sql = new BoundSql().add("SELECT count(*) FROM {schema}.ikigai_document")
			.add(where(collection, query, json));
		return query(sql, (row, number) -> row.getLong(1)).get(0);
	}

	private BoundSql where(String collection, DocumentQuery query, Function<@Nullable Object, String> json) {
		BoundSql sql = new BoundSql().add(" WHERE collection = ?", collection);
		DocumentQuery.Condition condition = query.condition();
		if (condition != null) {
			sql.add(" AND ").add(new DocumentConditions(settings(collection), json).sql(condition));
		}
		return sql;
	}

	/**
	 * Returns where a document stands in the order: by its stored value, which may have
	 * more than it was read as; if it has changed since, by what it was read as.
	 */
	private List<?> position(String collection, List<Order> order, DocumentOrder keys, StoredDocument<?> document,
			Function<@Nullable Object, String> json) {
		if (order.isEmpty()) {
			return List.of();
		}
		List<List<Object>> stored = query(
				new BoundSql().add("SELECT ")
					.add(keys.columns())
					.add("""
							 FROM {schema}.ikigai_document
							WHERE collection = ? AND id = ? AND version = ? AND created_at = ?""", collection,
							document.id(), document.version(), document.createdAt().atOffset(ZoneOffset.UTC)),
				keys.row());
		if (!stored.isEmpty()) {
			return stored.get(0);
		}
		String value = json.apply(document.value());
		for (Order step : order) {
			requireCarried(collection, step.path(), document.id(), value);
		}
		return query(new BoundSql().add("SELECT ")
			.add(keys.columns())
			.add(" FROM (SELECT CAST(? AS jsonb) AS value) AS document", value), keys.row()).get(0);
	}

	private void requireCarried(String collection, String path, String id, String value) {
		boolean carried = query(
				new BoundSql().add("SELECT ")
					.add(new DocumentPath(path).value())
					.add(" IS NOT NULL FROM (SELECT CAST(? AS jsonb) AS value) AS document", value),
				(row, number) -> row.getBoolean(1))
			.get(0);
		if (!carried) {
			throw new IllegalArgumentException("Document '" + id + "' of collection '" + collection
					+ "', after which the page is to begin, has changed since it was read, and its type does not "
					+ "carry '" + path + "', by which the query orders: where it stood is not known any more. Read "
					+ "the collection as a type that has this field, or begin again");
		}
	}

	List<SearchHit<String>> search(String collection, String text, int limit) {
		return query(
				DocumentTextSearch.sql(PostgresDocumentStore.COLUMNS, collection, settings(collection).language(), text,
						limit),
				(row, number) -> new SearchHit<>(PostgresDocumentStore.document(row), row.getDouble("score"),
						DocumentTextSearch.html(row.getString("snippet"))));
	}

	private <R> List<R> query(BoundSql sql, RowMapper<R> mapper) {
		return sql.query(this.jdbc, this.schema, mapper);
	}

}
