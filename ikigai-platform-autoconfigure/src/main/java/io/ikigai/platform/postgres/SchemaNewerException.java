package io.ikigai.platform.postgres;

/**
 * The platform's tables were made by a later version of the platform, and this one does
 * not know what has become of them. Nothing has been changed.
 */
public class SchemaNewerException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	SchemaNewerException(String schema, String version, String known) {
		super(("The platform's tables in schema '%s' are of version %s, and this application's jar of the platform"
				+ " knows them up to version %s")
			.formatted(schema, version, known));
	}

}
