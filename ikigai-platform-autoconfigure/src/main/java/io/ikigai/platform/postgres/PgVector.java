package io.ikigai.platform.postgres;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The extension pgvector as it is installed in the database, in whichever schema.
 *
 * @param schema the extension's schema
 * @param version the extension's version
 */
record PgVector(Schema schema, String version) {

	private static final int LARGEST_INDEXED_VECTOR = 2000;

	private static final int LARGEST_INDEXED_HALF_VECTOR = 4000;

	/**
	 * Looks for the extension.
	 * @param create whether to create it where the server has it and the role may
	 * @return the extension, or {@code null} if it is not there
	 */
	static @Nullable PgVector find(JdbcTemplate jdbc, boolean create) {
		PgVector installed = installed(jdbc);
		if (installed == null && create
				&& Boolean.TRUE.equals(jdbc.queryForObject(
						"SELECT EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'vector')",
						Boolean.class))) {
			try {
				jdbc.execute("CREATE EXTENSION IF NOT EXISTS vector");
			}
			catch (DataAccessException ex) {
				VectorIndexes.logger.info("The extension pgvector is there, but this role may not create it: "
						+ ex.getMostSpecificCause().getMessage());
			}
			installed = installed(jdbc);
		}
		return installed;
	}

	private static @Nullable PgVector installed(JdbcTemplate jdbc) {
		return jdbc
			.query("""
					SELECT n.nspname, e.extversion FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
					WHERE e.extname = 'vector'""",
					(row, number) -> new PgVector(new Schema(row.getString(1)), row.getString(2)))
			.stream()
			.findFirst()
			.orElse(null);
	}

	/**
	 * Tells whether the extension can index vectors of a size.
	 */
	boolean indexes(int size) {
		return size <= LARGEST_INDEXED_VECTOR || halved(size);
	}

	/**
	 * Tells whether an index goes on until enough of what it found meets the conditions.
	 */
	boolean iterates() {
		return atLeast(0, 8);
	}

	/**
	 * Returns the column {@code embedding} as the extension's type.
	 */
	String embedding(int size) {
		return "(embedding::" + type(size) + ")";
	}

	/**
	 * Returns the extension's type of vectors of a size.
	 */
	String type(int size) {
		return this.schema.sql("{schema}." + (halved(size) ? "halfvec" : "vector") + "(" + size + ")");
	}

	/**
	 * Returns the operator that yields the negative inner product.
	 */
	String operator() {
		return this.schema.sql("OPERATOR({schema}.<#>)");
	}

	/**
	 * Returns the operator class of an index that {@link #operator()} uses.
	 */
	String operatorClass(int size) {
		return this.schema.sql("{schema}." + (halved(size) ? "halfvec_ip_ops" : "vector_ip_ops"));
	}

	/** Half the precision for what would be too large to be indexed. */
	private boolean halved(int size) {
		return size > LARGEST_INDEXED_VECTOR && size <= LARGEST_INDEXED_HALF_VECTOR && atLeast(0, 7);
	}

	private boolean atLeast(int major, int minor) {
		String[] parts = this.version.split("\\.");
		int actualMajor = Integer.parseInt(parts[0]);
		return actualMajor > major || (actualMajor == major && Integer.parseInt(parts[1]) >= minor);
	}

}
