package io.ikigai.platform.postgres;

import org.jspecify.annotations.Nullable;

/**
 * The platform's tables are not there, and it may not create them: its role has no right
 * to, or {@code ikigai.schema.migrate} is {@code false}.
 */
public class SchemaMissingException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** Where the SQL files are, for who creates the tables by hand. */
	public static final String SQL_FILES = "io/ikigai/platform/postgres/schema/V*.sql";

	SchemaMissingException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
