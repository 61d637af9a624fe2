package io.ikigai.platform.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import io.ikigai.platform.storage.CollectionSettings;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.DocumentStore;
import io.ikigai.platform.storage.SearchHit;
import io.ikigai.platform.storage.StoredDocument;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Documents in {@code ikigai_document}.
 */
final class PostgresDocumentStore implements DocumentStore {

	static final String COLUMNS = "id, value, version, created_at, updated_at";

	private static final String REPLACE = "UPDATE SET value = excluded.value, language = excluded.language, "
			+ "version = present.version + 1, updated_at = excluded.updated_at";

	private static final int MOST_AT_ONCE = 1000;

	private static final int MOST_CHARACTERS_AT_ONCE = 8 * 1024 * 1024;

	private final JdbcTemplate jdbc;

	private final Schema schema;

	private final Map<String, CollectionSettings> settings;

	private final DocumentFinder finder;

	PostgresDocumentStore(JdbcTemplate jdbc, Schema schema, Map<String, CollectionSettings> settings) {
		this.jdbc = jdbc;
		this.schema = schema;
		this.settings = Map.copyOf(settings);
		this.finder = new DocumentFinder(jdbc, schema, this.settings);
	}

	private CollectionSettings settings(String collection) {
		return this.settings.getOrDefault(collection, CollectionSettings.UNDECLARED);
	}

	static StoredDocument<String> document(ResultSet row) throws SQLException {
		return new StoredDocument<>(row.getString("id"), row.getString("value"), row.getLong("version"),
				TaskRow.required(row, "created_at"), TaskRow.required(row, "updated_at"));
	}

	@Override
	public Optional<StoredDocument<String>> put(String collection, String id, String json,
			@Nullable Long expectedVersion) {
		String language = settings(collection).language();
		if (expectedVersion != null && expectedVersion > 0) {
			return query("""
					UPDATE {schema}.ikigai_document SET value = CAST(? AS jsonb), language = ?, version = version + 1,
						updated_at = statement_timestamp()
					WHERE collection = ? AND id = ? AND version = ?
					RETURNING %s""".formatted(COLUMNS), json, language, collection, id, expectedVersion).stream()
				.findFirst();
		}
		return query(
				"""
						INSERT INTO {schema}.ikigai_document AS present (collection, id, value, language, created_at, updated_at)
						VALUES (?, ?, CAST(? AS jsonb), ?, statement_timestamp(), statement_timestamp())
						ON CONFLICT (collection, id) DO %s
						RETURNING %s"""
					.formatted((expectedVersion == null) ? REPLACE : "NOTHING", COLUMNS),
				collection, id, json, language)
			.stream()
			.findFirst();
	}

	private List<StoredDocument<String>> query(String sql, @Nullable Object... arguments) {
		return DocumentLimits
			.within(() -> this.jdbc.query(this.schema.sql(sql), (row, number) -> document(row), arguments));
	}

	@Override
	public void putAll(String collection, Map<String, String> documents) {
		List<String> ids = new ArrayList<>();
		List<String> values = new ArrayList<>();
		int characters = 0;
		for (Map.Entry<String, String> document : documents.entrySet()) {
			characters += document.getValue().length();
			if (ids.size() == MOST_AT_ONCE || (characters > MOST_CHARACTERS_AT_ONCE && !ids.isEmpty())) {
				putAtOnce(collection, ids, values);
				ids.clear();
				values.clear();
				characters = document.getValue().length();
			}
			ids.add(document.getKey());
			values.add(document.getValue());
		}
		if (!ids.isEmpty()) {
			putAtOnce(collection, ids, values);
		}
	}

	private void putAtOnce(String collection, List<String> ids, List<String> values) {
		String sql = this.schema.sql("""
				INSERT INTO {schema}.ikigai_document AS present
					(collection, id, value, language, created_at, updated_at)
				SELECT ?, d.id, CAST(d.value AS jsonb), ?, statement_timestamp(), statement_timestamp()
				FROM unnest(?, ?) AS d(id, value)
				ON CONFLICT (collection, id) DO %s""".formatted(REPLACE));
		DocumentLimits.within(() -> this.jdbc.update(sql, collection, settings(collection).language(),
				TextArray.of(ids, Function.identity()), TextArray.of(values, Function.identity())));
	}

	@Override
	public List<StoredDocument<String>> get(String collection, Collection<String> ids) {
		return query("SELECT %s FROM {schema}.ikigai_document WHERE collection = ? AND id = ANY(?)".formatted(COLUMNS),
				collection, ids.toArray(String[]::new));
	}

	@Override
	public boolean delete(String collection, String id, @Nullable Long expectedVersion) {
		return this.jdbc.update(this.schema.sql("""
				DELETE FROM {schema}.ikigai_document
				WHERE collection = ? AND id = ? AND version = coalesce(CAST(? AS bigint), version)"""), collection, id,
				expectedVersion) == 1;
	}

	@Override
	public List<StoredDocument<String>> find(String collection, DocumentQuery query,
			Function<@Nullable Object, String> json) {
		return this.finder.find(collection, query, json);
	}

	@Override
	public long count(String collection, DocumentQuery query, Function<@Nullable Object, String> json) {
		return this.finder.count(collection, query, json);
	}

	@Override
	public List<SearchHit<String>> search(String collection, String text, int limit) {
		return this.finder.search(collection, text, limit);
	}

	@Override
	public List<String> collections() {
		return this.jdbc.queryForList(this.schema.sql("""
				WITH RECURSIVE name AS (
					(SELECT collection FROM {schema}.ikigai_document ORDER BY collection LIMIT 1)
					UNION ALL
					SELECT (SELECT d.collection FROM {schema}.ikigai_document d
						WHERE d.collection > name.collection ORDER BY d.collection LIMIT 1)
					FROM name WHERE name.collection IS NOT NULL)
				SELECT collection FROM name WHERE collection IS NOT NULL"""), String.class);
	}

}
