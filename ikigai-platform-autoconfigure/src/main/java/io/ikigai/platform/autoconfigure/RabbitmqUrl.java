package io.ikigai.platform.autoconfigure;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;

import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.boot.ssl.SslBundle;

/**
 * The address in {@code ikigai.rabbitmq.url}. Never tells the password.
 *
 * @param tls whether to encrypt
 * @param username the user, if there is one
 * @param password the password, if there is one
 * @param nodes the host and port, or those of a cluster
 * @param virtualHost the virtual host
 */
record RabbitmqUrl(boolean tls, @Nullable String username, @Nullable String password, List<String> nodes,
		String virtualHost) {

	private static final String KEY = "ikigai.rabbitmq.url";

	private static final int TIMEOUT_MILLIS = 5000;

	/** How soon a connection is found dead that does not tell, in seconds. */
	private static final int HEARTBEAT = 10;

	static RabbitmqUrl parse(String text) {
		int scheme = text.indexOf("://");
		if (scheme < 0 || !text.substring(0, scheme).matches("amqps?")) {
			throw invalid("It must begin with amqp:// or amqps://.");
		}
		boolean tls = text.startsWith("amqps");
		String[] parts = text.substring(scheme + 3).split("/", 2);
		int at = parts[0].lastIndexOf('@');
		try {
			List<String> nodes = new ArrayList<>();
			for (String host : parts[0].substring(at + 1).split(",")) {
				URI node = new URI("amqp://" + host);
				if (node.getHost() == null) {
					throw invalid("It must name a host, as amqp://127.0.0.1:5672 does.");
				}
				nodes.add(node.getHost() + ":" + ((node.getPort() >= 0) ? node.getPort() : tls ? 5671 : 5672));
			}
			String user = (at >= 0) ? new URI("amqp://" + parts[0].substring(0, at) + "@host").getRawUserInfo() : null;
			int colon = (user != null) ? user.indexOf(':') : -1;
			return new RabbitmqUrl(tls, (user != null) ? decode((colon >= 0) ? user.substring(0, colon) : user) : null,
					(user != null && colon >= 0) ? decode(user.substring(colon + 1)) : null, List.copyOf(nodes),
					(parts.length > 1 && !parts[1].isEmpty()) ? decode(parts[1]) : "/");
		}
		catch (URISyntaxException ex) {
			throw invalid("It must be an address such as amqp://127.0.0.1:5672.");
		}
	}

	private static String decode(String text) {
		return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
	}

	// The value may hold a password: it is not shown.
	private static PlatformConfigurationException invalid(String reason) {
		return new PlatformConfigurationException("The value of " + KEY + " is not valid.", reason, null);
	}

	/**
	 * Makes connections to it.
	 * @param name what the broker calls them
	 * @param bundle what TLS trusts and shows, if not what the JVM does
	 */
	CachingConnectionFactory connections(String name, @Nullable SslBundle bundle) {
		com.rabbitmq.client.ConnectionFactory driver = new com.rabbitmq.client.ConnectionFactory();
		driver.setAutomaticRecoveryEnabled(false);
		driver.setConnectionTimeout(TIMEOUT_MILLIS);
		driver.setHandshakeTimeout(TIMEOUT_MILLIS);
		driver.setRequestedHeartbeat(HEARTBEAT);
		driver.setChannelRpcTimeout(3 * TIMEOUT_MILLIS);
		driver.setVirtualHost(this.virtualHost);
		if (this.username != null) {
			driver.setUsername(this.username);
		}
		if (this.password != null) {
			driver.setPassword(this.password);
		}
		if (this.tls) {
			try {
				driver.useSslProtocol((bundle != null) ? bundle.createSslContext() : SSLContext.getDefault());
				driver.enableHostnameVerification();
			}
			catch (NoSuchAlgorithmException ex) {
				throw new PlatformConfigurationException("This Java has no TLS, which " + KEY + " asks for.",
						"Set " + KEY + " to an address that begins with amqp://.", ex);
			}
		}
		CachingConnectionFactory factory = new CachingConnectionFactory(driver);
		factory.setAddresses(this.nodes);
		factory.setConnectionNameStrategy((made) -> name);
		return factory;
	}

	@Override
	public String toString() {
		return "RabbitmqUrl[nodes=" + this.nodes + "]";
	}

}
