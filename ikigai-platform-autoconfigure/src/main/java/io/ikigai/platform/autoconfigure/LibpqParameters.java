package io.ikigai.platform.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.postgresql.PGProperty;

/**
 * The parameters of an address as the driver takes them. libpq calls some by other names
 * and has some that the driver lacks; the driver ignores what it does not know, which
 * must not happen to what is meant to protect a connection.
 */
final class LibpqParameters {

	/** What libpq and the driver call by different names, with the same values. */
	private static final Map<String, String> NAMES = Map.of("application_name", "ApplicationName",
			"fallback_application_name", "ApplicationName", "connect_timeout", "connectTimeout", "channel_binding",
			"channelBinding", "require_auth", "requireAuth", "gssencmode", "gssEncMode", "krbsrvname",
			"kerberosServerName", "sslnegotiation", "sslNegotiation", "scram_max_iterations", "scramMaxIterations");

	/** What the driver calls otherwise, or does anyway, by the values that it has. */
	private static final Map<String, Map<String, String>> VALUES = Map.of("target_session_attrs",
			Map.of("any", "targetServerType=any", "read-write", "targetServerType=primary", "primary",
					"targetServerType=primary"),
			"load_balance_hosts", Map.of("disable", "loadBalanceHosts=false", "random", "loadBalanceHosts=true"),
			"keepalives", Map.of("0", "tcpKeepAlive=false", "1", "tcpKeepAlive=true"), "requiressl",
			Map.of("0", "sslmode=prefer", "1", "sslmode=require"), "sslcompression", Map.of("0", ""), "sslsni",
			Map.of("1", ""), "sslcertmode", Map.of("allow", ""), "gssdelegation", Map.of("0", ""), "client_encoding",
			Map.of("utf8", "", "utf-8", "", "unicode", "", "auto", ""));

	private LibpqParameters() {
	}

	/**
	 * Translates parameters.
	 * @param key the property that holds the address
	 * @param parameters the parameters, those of host, database, user and password taken
	 * out
	 * @return the driver's
	 * @throws PlatformConfigurationException if one is unknown, or the driver lacks it
	 */
	static Map<String, String> translate(String key, Map<String, String> parameters) {
		Map<String, String> translated = new LinkedHashMap<>();
		parameters.forEach((name, value) -> {
			Map<String, String> values = VALUES.get(name);
			String driver = NAMES.getOrDefault(name, name);
			if (values != null) {
				String replaced = values.get(value.toLowerCase(Locale.ROOT));
				if (replaced == null) {
					throw unsupported(key, name, "has the value '" + value + "', of which the platform knows "
							+ values.keySet().stream().sorted().toList(), wayOut(name));
				}
				if (!replaced.isEmpty()) {
					String[] pair = replaced.split("=", 2);
					translated.put(pair[0], pair[1]);
				}
			}
			else if (PGProperty.forName(driver) == null) {
				throw unsupported(key, name, "is not known to PostgreSQL's JDBC driver, which would ignore it",
						wayOut(name));
			}
			else if (!name.equals("fallback_application_name") || !parameters.containsKey("application_name")) {
				translated.put(driver, value);
			}
		});
		return translated;
	}

	private static String wayOut(String name) {
		return switch (name) {
			case "target_session_attrs" ->
				"The platform writes: take target_session_attrs=read-write, or leave it out.";
			case "passfile" -> "Give the password itself, for example as ${DB_PASSWORD} of the environment.";
			case "service", "servicefile" -> "Write host, port and database into the address.";
			case "sslcrl", "sslcrldir", "ssl_min_protocol_version", "ssl_max_protocol_version" ->
				"Take an sslfactory that does it, or leave it out.";
			case "keepalives_idle", "keepalives_interval", "keepalives_count" ->
				"Take tcpKeepAlive=true, whose times are the operating system's.";
			case "tcp_user_timeout" -> "Take socketTimeout, in seconds.";
			default -> "Take a parameter of https://jdbc.postgresql.org/documentation/use/, or leave it out.";
		};
	}

	private static PlatformConfigurationException unsupported(String key, String name, String problem, String action) {
		String shown = name.matches("[A-Za-z_-]{1,40}") ? "'" + name + "' " : "";
		return new PlatformConfigurationException(
				"A parameter " + shown + "in the value of '" + key + "' " + problem + ".", action, null);
	}

}
