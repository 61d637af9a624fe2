package io.ikigai.platform.autoconfigure;

import java.sql.SQLException;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * A database that cannot be connected to, in words: where it is, what it answered, what
 * to do. Never with the password.
 *
 * @param address its JDBC address or what else is known of it, parameters included
 * @param source the key or bean that the address comes from
 */
record UnusableDatabase(@Nullable String address, String source) {

	private static final String READ_ONLY = "25006";

	PlatformConfigurationException because(SQLException failure) {
		SQLException answer = answer(failure);
		return new PlatformConfigurationException(
				"The platform's PostgreSQL" + place() + " cannot be used: " + answer.getMessage(),
				action(answer) + ". The address comes from " + this.source + ".", failure);
	}

	private String place() {
		return (this.address != null) ? " at " + PostgresUrl.shown(this.address) : "";
	}

	/**
	 * Whether a failure is about the connection or the server, not about what was done
	 * there.
	 */
	static boolean isConnectionFailure(SQLException failure) {
		String state = String.valueOf(answer(failure).getSQLState());
		return state.startsWith("08") || state.startsWith("28") || state.equals("3D000") || state.equals("53300")
				|| state.equals(READ_ONLY);
	}

	/**
	 * A pool wraps what the driver said; the server's words are innermost.
	 */
	private static SQLException answer(SQLException failure) {
		SQLException answer = failure;
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof SQLException sql && sql.getSQLState() != null) {
				answer = sql;
			}
		}
		return answer;
	}

	private String action(SQLException answer) {
		String settings = this.source.toLowerCase(Locale.ROOT).startsWith("spring.datasource") ? "spring.datasource"
				: "ikigai.postgres";
		return switch (String.valueOf(answer.getSQLState())) {
			case "28P01", "28000" ->
				"Check user and password: those in the address, or " + settings + ".username and .password";
			case "3D000" -> "Create the database, or name another one";
			case READ_ONLY ->
				"Name the primary server, or set default_transaction_read_only = off for the role and the "
						+ "database (ALTER ROLE … SET, ALTER DATABASE … SET), and remove spring.datasource.hikari.read-only "
						+ "if it is set";
			case "53300" -> "End other connections, or raise the server's max_connections";
			default -> (this.address != null && UnixSocket.of(this.address) != null)
					? "Start the server, or check that the socket's directory is one of its unix_socket_directories"
					: "Start the server, or check host and port";
		};
	}

}
