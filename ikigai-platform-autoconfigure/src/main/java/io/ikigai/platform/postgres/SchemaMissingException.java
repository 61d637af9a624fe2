package io.ikigai.platform.postgres;

import java.util.List;

/**
 * The platform may not create its tables ({@code ikigai.schema.migrate=false}), and they
 * are not there.
 */
public class SchemaMissingException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** Where the SQL file is, for who creates the tables by hand. */
	public static final String SQL_FILE = "io/ikigai/platform/postgres/schema/V1__tasks_and_agents.sql";

	SchemaMissingException(String schema, List<String> tables) {
		super("ikigai.schema.migrate is false, and schema '" + schema + "' has no " + String.join(", ", tables));
	}

}
