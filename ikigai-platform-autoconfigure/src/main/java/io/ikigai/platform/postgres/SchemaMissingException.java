package io.ikigai.platform.postgres;

import org.jspecify.annotations.Nullable;

/**
 * The platform's tables are not there, and it may not create them: its role has no right
 * to, or {@code ikigai.schema.migrate} is {@code false}.
 */
public class SchemaMissingException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** Where the SQL file is, for who creates the tables by hand. */
	public static final String SQL_FILE = "io/ikigai/platform/postgres/schema/V1__tasks_and_agents.sql";

	SchemaMissingException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
