package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import io.ikigai.platform.storage.CollectionSettings;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Brings what is declared of collections to the database, beside whatever the application
 * does: text that was indexed in another language is indexed anew, and indexes that are
 * missing are made without blocking writers. One process at a time does it; until it is
 * done, finds are slower and nothing else.
 */
final class DocumentIndexes implements Runnable {

	private static final Log log = LogFactory.getLog(DocumentIndexes.class);

	private static final int BATCH = 500;

	private final DataSource direct;

	private final Schema schema;

	private final boolean create;

	private final Map<String, CollectionSettings> settings;

	private volatile @Nullable Connection running;

	private volatile boolean stopped;

	/**
	 * Creates the work; it is done by {@link #run()}.
	 * @param direct where the connection that does it comes from
	 * @param schema the schema of the table
	 * @param create whether indexes may be made, or only their absence told
	 * @param settings what is declared, by the collections' names
	 */
	DocumentIndexes(DataSource direct, Schema schema, boolean create, Map<String, CollectionSettings> settings) {
		this.direct = direct;
		this.schema = schema;
		this.create = create;
		this.settings = settings;
	}

	@Override
	public void run() {
		try (Connection connection = this.direct.getConnection()) {
			this.running = connection;
			connection.setAutoCommit(true);
			JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
			lock(jdbc);
			try {
				this.settings.forEach((collection, declared) -> bringUpToDate(jdbc, collection, declared));
			}
			finally {
				jdbc.queryForList("SELECT pg_advisory_unlock(hashtext('ikigai_document'), hashtext(?))",
						this.schema.name());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (SQLException | DataAccessException ex) {
			if (!this.stopped) {
				log.warn("Could not index the documents as ikigai.storage.collections declares them; "
						+ "the next start tries again", ex);
			}
		}
		finally {
			this.running = null;
		}
	}

	// Asked for again and again: a session that waits in the server would block the
	// other's CREATE INDEX CONCURRENTLY, which waits for it.
	private void lock(JdbcTemplate jdbc) throws InterruptedException {
		while (!this.stopped && !Boolean.TRUE
			.equals(jdbc.queryForObject("SELECT pg_try_advisory_lock(hashtext('ikigai_document'), hashtext(?))",
					Boolean.class, this.schema.name()))) {
			TimeUnit.SECONDS.sleep(1);
		}
	}

	private void bringUpToDate(JdbcTemplate jdbc, String collection, CollectionSettings declared) {
		changeLanguage(jdbc, collection, declared.language());
		boolean created = false;
		for (String path : declared.indexes()) {
			created |= createIndex(jdbc, collection, path);
		}
		if (created) {
			// Without statistics of the new columns they are not chosen.
			jdbc.execute(this.schema.sql("ANALYZE {schema}.ikigai_document"));
		}
	}

	private void changeLanguage(JdbcTemplate jdbc, String collection, String language) {
		String last = "";
		long changed = 0;
		while (last != null) {
			List<String> batch = jdbc.queryForList(this.schema.sql("""
					WITH changed AS (
						UPDATE {schema}.ikigai_document SET language = ? WHERE collection = ? AND id = ANY(ARRAY(
							SELECT id FROM {schema}.ikigai_document
							WHERE collection = ? AND id > ? AND language <> ?
							ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED))
						RETURNING id)
					SELECT id FROM changed ORDER BY id"""), String.class, language, collection, collection, last,
					language, BATCH);
			changed += batch.size();
			last = batch.isEmpty() ? null : batch.get(batch.size() - 1);
		}
		if (changed > 0) {
			log.info("Indexed the text of " + changed + " documents of collection '" + collection + "' anew, in "
					+ language);
		}
	}

	private boolean createIndex(JdbcTemplate jdbc, String collection, String path) {
		Map<String, Object> quoted = jdbc.queryForMap("""
				SELECT name, (SELECT i.indisvalid FROM pg_index i WHERE i.indexrelid =
						to_regclass(quote_ident(?) || '.' || name)) AS valid,
					quote_literal(CAST(CAST(? AS text[]) AS text)) AS path, quote_literal(?) AS collection
				FROM (SELECT 'ikigai_document_' || left(md5(CAST(? AS text) || chr(1) || ?), 16) AS name) AS named""",
				this.schema.name(), new DocumentPath(path).steps(), collection, collection, path);
		if (Boolean.TRUE.equals(quoted.get("valid"))) {
			return false;
		}
		String keys = DocumentPath.indexed(String.valueOf(quoted.get("path")));
		String ddl = this.schema
			.sql("CREATE INDEX CONCURRENTLY IF NOT EXISTS " + quoted.get("name") + " ON {schema}.ikigai_document (")
				+ keys + ", id) WHERE collection = " + quoted.get("collection");
		if (!this.create) {
			log.warn("ikigai.schema.migrate is false, and the index of '" + path + "' in collection '" + collection
					+ "' is missing: finds read the whole collection. Have it created with: " + ddl);
			return false;
		}
		try {
			// What was broken off half-way is in nobody's way but this one's.
			execute(jdbc, this.schema.sql("DROP INDEX CONCURRENTLY IF EXISTS {schema}." + quoted.get("name")));
			// The planner takes none from a partial index.
			execute(jdbc,
					this.schema.sql("CREATE STATISTICS IF NOT EXISTS {schema}." + quoted.get("name") + "_keys ON ")
							+ keys + this.schema.sql(" FROM {schema}.ikigai_document"));
			execute(jdbc, ddl);
			return true;
		}
		catch (DataAccessException ex) {
			log.warn("Could not index '" + path + "' in collection '" + collection
					+ "': finds read the whole collection. The index would be made with: " + ddl, ex);
			return false;
		}
	}

	// A path looks like a JDBC escape.
	private static void execute(JdbcTemplate jdbc, String ddl) {
		jdbc.execute((Statement statement) -> {
			statement.setEscapeProcessing(false);
			return statement.execute(ddl);
		});
	}

	/**
	 * Ends the work where it is.
	 */
	void stop() {
		this.stopped = true;
		Connection connection = this.running;
		if (connection != null) {
			try {
				connection.abort(Runnable::run);
			}
			catch (SQLException ex) {
				log.debug("Could not break off the indexing of documents", ex);
			}
		}
	}

}
