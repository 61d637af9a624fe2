package io.ikigai.platform.autoconfigure;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The address of a PostgreSQL, read from the form of libpq
 * ({@code postgresql://user:secret@host:5432/db?sslmode=require}) or of JDBC. Nothing it
 * says holds the password.
 *
 * @param jdbcUrl the address for the driver, without user and password
 * @param username the user, if the address names one
 * @param password the password, if the address holds one
 * @see <a href=
 * "https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS">Connection
 * URIs</a>
 */
record PostgresUrl(String jdbcUrl, @Nullable String username, @Nullable String password) {

	private static final String HOST = "(?:[\\p{L}\\p{N}_.-]+|\\[[0-9a-fA-F:.%]+])(?::\\d{1,5})?";

	private static final Pattern FORM = Pattern
		.compile("(?:jdbc:)?postgres(?:ql)?://(?:([^:@/?]*)(?::([^@/?]*))?@)?([^/?]*)(?:/([^?]*))?(?:\\?(.*))?");

	/**
	 * One or more hosts. What is no host may be a part of a password and is not shown.
	 */
	private static final Pattern HOSTS = Pattern.compile("(?:" + HOST + "(?:," + HOST + ")*)?");

	private static final Pattern PORT = Pattern.compile("\\d{1,5}");

	static PostgresUrl parse(String key, String url) {
		Matcher matcher = FORM.matcher(url.trim());
		if (!matcher.matches()) {
			throw invalid(key, "is no address of a PostgreSQL");
		}
		Map<String, String> parameters = parameters(key, matcher.group(5));
		String username = take(parameters, "user", decode(key, matcher.group(1)));
		String password = take(parameters, "password", decode(key, matcher.group(2)));
		String host = matcher.group(3);
		String path = (matcher.group(4) != null) ? matcher.group(4) : "";
		String named = parameters.remove("dbname");
		String database = (named != null) ? URLEncoder.encode(named, StandardCharsets.UTF_8) : path;
		UnixSocket socket = unixSocket(key, host, parameters);
		if (socket != null) {
			socket.requireLibrary(key);
			host = "localhost:" + socket.port();
		}
		else {
			host = hosts(key, host, parameters);
		}
		parameters = LibpqParameters.translate(key, parameters);
		if (socket != null) {
			parameters.putAll(new TreeMap<>(socket.parameters()));
		}
		if (!HOSTS.matcher(host).matches() || database.contains("@") || database.contains("/")) {
			throw invalid(key, "has something else than a host, a port and a database after '//' or '@'");
		}
		String query = parameters.entrySet()
			.stream()
			.map((entry) -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
			.collect(Collectors.joining("&"));
		return new PostgresUrl("jdbc:postgresql://" + (host.isEmpty() ? "localhost" : host) + "/" + database
				+ (query.isEmpty() ? "" : "?" + query), username, password);
	}

	/**
	 * Returns the socket, if the host is a directory: in the parameter {@code host}, or
	 * percent-encoded before the database.
	 */
	private static @Nullable UnixSocket unixSocket(String key, String host, Map<String, String> parameters) {
		String[] parts = host.split(":", 2);
		String named = decode(key, parts[0]);
		String directory = parameters.getOrDefault("host", (named != null) ? named : "");
		if (!directory.startsWith("/")) {
			return null;
		}
		parameters.remove("host");
		String port = take(parameters, "port", (parts.length > 1) ? parts[1] : "5432");
		if (!PORT.matcher(String.valueOf(port)).matches()) {
			throw invalid(key, "has a port that is no number");
		}
		return UnixSocket.in(directory, Integer.parseInt(String.valueOf(port)));
	}

	/**
	 * Returns the hosts, which libpq also takes as parameters.
	 */
	private static String hosts(String key, String authority, Map<String, String> parameters) {
		String host = parameters.remove("host");
		String address = parameters.remove("hostaddr");
		String port = parameters.remove("port");
		if (host != null && address != null) {
			throw invalid(key, "has both host and hostaddr, of which the driver takes one");
		}
		String named = (host != null) ? host : address;
		if (named == null && port == null) {
			return authority;
		}
		String[] hosts = ((named != null) ? named : authority).split(",", -1);
		String[] ports = (port != null) ? port.split(",", -1) : new String[] { "" };
		if (ports.length != 1 && ports.length != hosts.length) {
			throw invalid(key, "has another number of ports than of hosts");
		}
		StringBuilder joined = new StringBuilder();
		for (int i = 0; i < hosts.length; i++) {
			String own = ports[Math.min(i, ports.length - 1)];
			String name = hosts[i].isEmpty() ? "localhost" : hosts[i];
			boolean bare = named != null && name.indexOf(':') >= 0 && !name.startsWith("[");
			joined.append((i > 0) ? "," : "")
				.append(bare ? "[" + name + "]" : name)
				.append(own.isEmpty() ? "" : ":" + own);
		}
		return joined.toString();
	}

	private static Map<String, String> parameters(String key, @Nullable String query) {
		Map<String, String> parameters = new LinkedHashMap<>();
		if (query != null && !query.isEmpty()) {
			for (String parameter : query.split("&")) {
				int equals = parameter.indexOf('=');
				if (equals <= 0) {
					throw invalid(key, "has a parameter that is not name=value");
				}
				String value = decode(key, parameter.substring(equals + 1));
				parameters.put(parameter.substring(0, equals), (value != null) ? value : "");
			}
		}
		return parameters;
	}

	private static @Nullable String take(Map<String, String> parameters, String name, @Nullable String otherwise) {
		String value = parameters.remove(name);
		return (value != null) ? value : otherwise;
	}

	private static @Nullable String decode(String key, @Nullable String text) {
		try {
			// A plus is a plus here, not a blank.
			return (text != null && !text.isEmpty())
					? URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8) : null;
		}
		catch (IllegalArgumentException ex) {
			throw invalid(key, "has a % that is not followed by two hex digits; write %25 for a percent sign");
		}
	}

	private static PlatformConfigurationException invalid(String key, String problem) {
		return new PlatformConfigurationException("The value of '" + key + "' " + problem + ".",
				"Write postgresql://user:password@host:5432/database, with special characters in user and password "
						+ "percent-encoded, or jdbc:postgresql://host:5432/database with user and password as parameters, "
						+ "or for a Unix socket postgresql:///database?host=/directory&port=5432.",
				null);
	}

	/**
	 * Returns whether two JDBC addresses name the same database.
	 */
	static boolean sameDatabase(String one, String other) {
		return server(one).equals(server(other));
	}

	private static String server(String jdbcUrl) {
		Matcher matcher = FORM.matcher(jdbcUrl);
		if (!matcher.matches()) {
			return jdbcUrl;
		}
		String socket = UnixSocket.of(jdbcUrl);
		if (socket != null) {
			return socket + "/" + matcher.group(4);
		}
		String host = matcher.group(3)
			.toLowerCase(Locale.ROOT)
			.replace("127.0.0.1", "localhost")
			.replace("[::1]", "localhost");
		host = host.isEmpty() ? "localhost" : host;
		return (host.contains(":") ? host : host + ":5432") + "/" + matcher.group(4);
	}

	/**
	 * Returns what of a JDBC address may be shown: not its parameters, one of which may
	 * be the password.
	 */
	static String shown(String jdbcUrl) {
		String socket = UnixSocket.of(jdbcUrl);
		return jdbcUrl.replaceAll("\\?.*", "") + ((socket != null) ? " by the Unix socket " + socket : "");
	}

	@Override
	public String toString() {
		return this.jdbcUrl;
	}

}
