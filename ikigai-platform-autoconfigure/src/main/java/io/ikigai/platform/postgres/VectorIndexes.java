package io.ikigai.platform.postgres;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.ikigai.platform.storage.CollectionSettings;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.util.DigestUtils;

/**
 * The HNSW indexes of collections whose vector size is declared: one for each, on an
 * expression, over its own vectors only.
 */
final class VectorIndexes {

	static final Log logger = LogFactory.getLog(VectorIndexes.class);

	private final JdbcTemplate jdbc;

	private final TransactionOperations transactions;

	private final Schema schema;

	private final PgVector pgVector;

	VectorIndexes(JdbcTemplate jdbc, TransactionOperations transactions, Schema schema, PgVector pgVector) {
		this.jdbc = jdbc;
		this.transactions = transactions;
		this.schema = schema;
		this.pgVector = pgVector;
	}

	/**
	 * Makes the indexes that are missing. One that cannot be made does not stop the
	 * start: the search is exact then.
	 * @param collections what is declared of collections
	 * @param create whether indexes may be made
	 * @return the collections that have an index
	 */
	Set<String> prepare(Map<String, CollectionSettings> collections, boolean create) {
		Set<String> indexed = new HashSet<>();
		collections.forEach((collection, settings) -> {
			Integer size = settings.vectorSize();
			if (size == null) {
				return;
			}
			if (!this.pgVector.indexes(size)) {
				logger.info("Collection '" + collection + "' is searched exactly: pgvector " + this.pgVector.version()
						+ " does not index vectors of " + size + " numbers");
			}
			else if (exists(collection, size) || (create && create(collection, size))) {
				indexed.add(collection);
			}
			else {
				logger.warn("Collection '" + collection + "' is searched exactly until who owns the tables runs: "
						+ statement(collection, size));
			}
		});
		return Set.copyOf(indexed);
	}

	static void tellThatAllAreSearchedExactly(Map<String, CollectionSettings> collections) {
		Set<String> sized = new TreeSet<>();
		collections.forEach((collection, settings) -> {
			if (settings.vectorSize() != null) {
				sized.add(collection);
			}
		});
		if (!sized.isEmpty()) {
			logger.info("The collections " + sized + " have vectors and are searched exactly, which reads all of them: "
					+ "the database has no extension vector. With pgvector installed on the server, CREATE EXTENSION "
					+ "vector gives them an index at the next start");
		}
	}

	private boolean exists(String collection, int size) {
		return Boolean.TRUE.equals(this.jdbc.queryForObject("""
				SELECT EXISTS (SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
				WHERE i.indrelid = CAST(? AS regclass) AND c.relname = ? AND i.indisvalid)""", Boolean.class,
				this.schema.sql("{schema}.ikigai_document_vector"), name(collection, size)));
	}

	private boolean create(String collection, int size) {
		try {
			this.transactions.executeWithoutResult((status) -> {
				// Applications that start at once take turns; readers and writers go on.
				this.jdbc.execute(
						this.schema.sql("LOCK TABLE {schema}.ikigai_document_vector IN SHARE UPDATE EXCLUSIVE MODE"));
				this.jdbc.execute(statement(collection, size));
			});
			return true;
		}
		catch (DataAccessException ex) {
			logger.warn("Could not make the vector index of collection '" + collection + "': "
					+ ex.getMostSpecificCause().getMessage());
			return false;
		}
	}

	private String statement(String collection, int size) {
		return this.schema
			.sql("CREATE INDEX IF NOT EXISTS %s ON {schema}.ikigai_document_vector USING hnsw (%s %s) WHERE %s"
				.formatted(name(collection, size), this.pgVector.embedding(size), this.pgVector.operatorClass(size),
						condition(collection, size)));
	}

	private static String name(String collection, int size) {
		String hash = DigestUtils.md5DigestAsHex(collection.getBytes(StandardCharsets.UTF_8));
		return "ikigai_vector_" + hash.substring(0, 16) + "_" + size;
	}

	/**
	 * Returns the condition of a collection's index, which must be in a statement word
	 * for word, not as parameters, so that the planner knows that the index serves it.
	 */
	static String condition(String collection, int size) {
		// Without escapes it would be up to a setting what a backslash means.
		return "collection = E'" + collection.replace("\\", "\\\\").replace("'", "''") + "' AND size = " + size;
	}

}
