package io.ikigai.platform.autoconfigure;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What keeps connections that a network has lost without a word from being waited on for
 * ever. The platform limits its own statements; the application's may take long, and only
 * the driver's {@code socketTimeout} ends them.
 */
final class SilentConnections {

	private static final Log logger = LogFactory.getLog(SilentConnections.class);

	/**
	 * Longer than ordinary statements of an application take, in seconds.
	 */
	private static final String SOCKET_TIMEOUT = "600";

	/**
	 * Longer than it takes to open a connection, in seconds. A pool opens its connections
	 * one after the other: if one is lost while it is opened, the pool opens no others,
	 * and all callers wait.
	 */
	static final String LOGIN_TIMEOUT = "30";

	private SilentConnections() {
	}

	/**
	 * Adds what the platform's addresses say unless they say otherwise.
	 * @param jdbcUrl an address of the driver
	 * @return the address with {@code tcpKeepAlive}, {@code socketTimeout} and
	 * {@code loginTimeout}
	 */
	static String limited(String jdbcUrl) {
		String lasting = with(with(jdbcUrl, "tcpKeepAlive", "true"), "socketTimeout", SOCKET_TIMEOUT);
		return with(lasting, "loginTimeout", LOGIN_TIMEOUT);
	}

	private static String with(String jdbcUrl, String parameter, String value) {
		if (Pattern.compile("[?&]" + parameter + "=").matcher(jdbcUrl).find()) {
			return jdbcUrl;
		}
		return jdbcUrl + (jdbcUrl.contains("?") ? "&" : "?") + parameter + "=" + value;
	}

	/**
	 * Warns if the application's own pool limits nothing.
	 * @param connection one of the pool
	 */
	static void warnWithoutLimit(Connection connection) throws SQLException {
		if (connection.getNetworkTimeout() == 0) {
			logger.warn("The application's pool has no time limit on the network: where a network loses a connection "
					+ "without a word, a statement of the application waits for ever, and with it its handler and its "
					+ "task. The platform limits its own statements (ikigai.postgres.statement-timeout). Add "
					+ "socketTimeout=600 (seconds, more than your longest statement), loginTimeout=30 and "
					+ "tcpKeepAlive=true to spring.datasource.url, or use ikigai.postgres.url, which has them");
		}
	}

}
