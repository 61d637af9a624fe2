package io.ikigai.platform.autoconfigure;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * A Unix socket that a PostgreSQL of the same machine listens on. The driver reaches it
 * through junixsocket, which the application adds.
 *
 * @param path the socket's path
 * @param port the port that the server gave it its name by
 */
record UnixSocket(String path, int port) {

	private static final String LIBRARY = "org.newsclub.net.unix.AFUNIXSocketFactory";

	private static final String FACTORY = LIBRARY + "$FactoryArg";

	private static final Pattern PATH = Pattern.compile("[?&]" + PGProperty.SOCKET_FACTORY_ARG.getName() + "=([^&]*)");

	/**
	 * Returns the socket of a directory.
	 * @param directory the directory, an absolute path
	 * @param port the server's port
	 */
	static UnixSocket in(String directory, int port) {
		return new UnixSocket(StringUtils.trimTrailingCharacter(directory, '/') + "/.s.PGSQL." + port, port);
	}

	/**
	 * Returns the socket that a JDBC address names, as it is written there.
	 */
	static @Nullable String of(String jdbcUrl) {
		Matcher matcher = PATH.matcher(jdbcUrl);
		return (jdbcUrl.contains(LIBRARY) && matcher.find())
				? URLDecoder.decode(matcher.group(1), StandardCharsets.UTF_8) : null;
	}

	/**
	 * Returns what tells the driver of it. Like libpq it does without TLS.
	 */
	Map<String, String> parameters() {
		return Map.of(PGProperty.SOCKET_FACTORY.getName(), FACTORY, PGProperty.SOCKET_FACTORY_ARG.getName(), this.path,
				PGProperty.SSL_MODE.getName(), "disable");
	}

	/**
	 * Refuses the address if junixsocket is missing.
	 * @param key where the address is written
	 */
	void requireLibrary(String key) {
		if (!ClassUtils.isPresent(LIBRARY, null)) {
			throw new PlatformConfigurationException(
					"The value of '" + key + "' names the Unix socket " + this.path
							+ ", and junixsocket, through which it is reached, is not on the class path.",
					"Add the dependency com.kohlschutter.junixsocket:junixsocket-core, version 2.11.1 or later, of type "
							+ "pom, or name a host: postgresql://user:password@host:5432/database.",
					null);
		}
	}

}
