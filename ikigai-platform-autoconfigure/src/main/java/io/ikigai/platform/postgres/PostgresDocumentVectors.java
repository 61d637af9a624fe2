package io.ikigai.platform.postgres;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import io.ikigai.platform.storage.CollectionSettings;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.DocumentVectors;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Vectors in {@code ikigai_document_vector}: with pgvector through its operators, and
 * through an HNSW index where the collection has one; without it exactly, by a function
 * of the platform.
 */
final class PostgresDocumentVectors implements DocumentVectors {

	private static final int NARROWEST_SEARCH = 100;

	private static final int WIDEST_SEARCH = 1000;

	private final JdbcTemplate jdbc;

	private final TransactionOperations transactions;

	private final Schema schema;

	private final Map<String, CollectionSettings> settings;

	private final @Nullable PgVector pgVector;

	private final Set<String> indexed;

	/**
	 * Looks for pgvector and makes the indexes that are missing.
	 * @param create whether extension and indexes may be made
	 */
	PostgresDocumentVectors(JdbcTemplate jdbc, TransactionOperations transactions, Schema schema,
			Map<String, CollectionSettings> settings, boolean create) {
		this.jdbc = jdbc;
		this.transactions = transactions;
		this.schema = schema;
		this.settings = Map.copyOf(settings);
		this.pgVector = PgVector.find(this.jdbc, create);
		if (this.pgVector != null) {
			this.indexed = new VectorIndexes(this.jdbc, transactions, schema, this.pgVector).prepare(this.settings,
					create);
		}
		else {
			this.indexed = Set.of();
			VectorIndexes.tellThatAllAreSearchedExactly(this.settings);
		}
	}

	@Override
	public void embed(String collection, Map<String, float[]> vectors) {
		this.transactions.executeWithoutResult((status) -> {
			Integer size = size(collection);
			for (float[] vector : vectors.values()) {
				size = checkSize(collection, vector, (size != null) ? size : vector.length);
			}
			checkPresent(collection, vectors.keySet());
			List<Object[]> rows = new ArrayList<>();
			vectors.forEach((id, vector) -> rows.add(new Object[] { collection, id, vector }));
			this.jdbc.batchUpdate(this.schema.sql("""
					INSERT INTO {schema}.ikigai_document_vector (collection, id, embedding) VALUES (?, ?, ?)
					ON CONFLICT (collection, id) DO UPDATE SET embedding = excluded.embedding"""), rows);
		});
	}

	private void checkPresent(String collection, Set<String> ids) {
		Set<String> missing = new HashSet<>(ids);
		// Locked, so that they are still there when their vectors are written.
		missing.removeAll(this.jdbc.queryForList(this.schema.sql("""
				SELECT id FROM {schema}.ikigai_document WHERE collection = ? AND id = ANY(?)
				ORDER BY id FOR KEY SHARE"""), String.class, collection, ids.toArray(String[]::new)));
		if (!missing.isEmpty()) {
			throw new IllegalArgumentException("Collection '" + collection + "' has no document '"
					+ missing.iterator().next() + "': put it before its vector");
		}
	}

	/**
	 * Returns the size that vectors of a collection have, or {@code null} if it has none
	 * yet and nothing is declared.
	 */
	private @Nullable Integer size(String collection) {
		CollectionSettings declared = this.settings.get(collection);
		if (declared != null && declared.vectorSize() != null) {
			return declared.vectorSize();
		}
		return this.jdbc
			.queryForList(
					this.schema.sql("SELECT size FROM {schema}.ikigai_document_vector WHERE collection = ? LIMIT 1"),
					Integer.class, collection)
			.stream()
			.findFirst()
			.orElse(null);
	}

	private int checkSize(String collection, float[] vector, int size) {
		if (vector.length != size) {
			throw new IllegalArgumentException("Vectors of collection '" + collection + "' have " + size
					+ " numbers, not " + vector.length + ". The size is declared by ikigai.storage.collections."
					+ collection + ".vector-size, else it is that of the vectors that are there");
		}
		return size;
	}

	@Override
	public List<Neighbour> nearest(String collection, float[] vector, DocumentQuery query,
			Function<@Nullable Object, String> json, int limit) {
		Integer size = size(collection);
		if (size == null) {
			return List.of();
		}
		checkSize(collection, vector, size);
		BoundSql conditions = conditions(collection, query, json);
		if (!this.indexed.contains(collection)) {
			return query(statement(collection, vector, conditions, limit, false));
		}
		List<Neighbour> neighbours = this.transactions.execute((status) -> {
			widenSearch(limit);
			return query(statement(collection, vector, conditions, limit, true));
		});
		// The index gives up after many that do not meet the conditions.
		return (neighbours.size() < limit) ? query(statement(collection, vector, conditions, limit, false))
				: neighbours;
	}

	private @Nullable BoundSql conditions(String collection, DocumentQuery query,
			Function<@Nullable Object, String> json) {
		DocumentQuery.Condition condition = query.condition();
		return (condition != null)
				? new DocumentConditions(this.settings.getOrDefault(collection, CollectionSettings.UNDECLARED), json)
					.sql(condition)
				: null;
	}

	private void widenSearch(int limit) {
		String search = String.valueOf(Math.min(WIDEST_SEARCH, Math.max(NARROWEST_SEARCH, 2 * limit)));
		this.jdbc.queryForList("SELECT set_config('hnsw.ef_search', ?, true)", search);
		if (this.pgVector != null && this.pgVector.iterates()) {
			this.jdbc.queryForList("SELECT set_config('hnsw.iterative_scan', 'strict_order', true)");
		}
	}

	/**
	 * Returns the statement that finds the nearest.
	 * @param approximate whether an index may be used; else the order is one that no
	 * index has
	 */
	BoundSql statement(String collection, float[] vector, @Nullable BoundSql conditions, int limit,
			boolean approximate) {
		int size = vector.length;
		String distance = (this.pgVector != null) ? this.pgVector.embedding(size) + " " + this.pgVector.operator()
				+ " CAST(CAST(? AS real[]) AS " + this.pgVector.type(size) + ")"
				: "-{schema}.ikigai_inner_product(embedding, ?)";
		BoundSql sql = new BoundSql().add("SELECT id, distance FROM (SELECT v.id AS id, " + distance
				+ " AS distance FROM {schema}.ikigai_document_vector v", (Object) vector);
		if (conditions != null) {
			sql.add(" JOIN {schema}.ikigai_document d ON d.collection = v.collection AND d.id = v.id");
		}
		sql.add(" WHERE v." + VectorIndexes.condition(collection, size));
		if (conditions != null) {
			sql.add(" AND ").add(conditions);
		}
		return sql.add(") AS near ORDER BY distance" + (approximate ? "" : " + 0, id") + " LIMIT ?", limit);
	}

	private List<Neighbour> query(BoundSql sql) {
		return sql.query(this.jdbc, this.schema,
				(row, number) -> new Neighbour(row.getString("id"), cosine(-row.getDouble("distance"))));
	}

	// Rounding may lead past the ends.
	private static double cosine(double product) {
		return Math.max(-1, Math.min(1, product));
	}

}
