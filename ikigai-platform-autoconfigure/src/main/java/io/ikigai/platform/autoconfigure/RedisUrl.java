package io.ikigai.platform.autoconfigure;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisNode;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * The address in {@code ikigai.redis.url}. Never tells the password.
 *
 * @param tls whether to encrypt
 * @param username the user, if there is one
 * @param password the password, if there is one
 * @param nodes the host, or those of a cluster
 * @param database the number of the database
 */
record RedisUrl(boolean tls, @Nullable String username, @Nullable String password, List<RedisNode> nodes,
		int database) {

	private static final String KEY = "ikigai.redis.url";

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private static final int PORT = 6379;

	static RedisUrl parse(String text) {
		int scheme = text.indexOf("://");
		if (scheme < 0 || !text.substring(0, scheme).matches("rediss?")) {
			throw invalid("It must begin with redis:// or rediss://.");
		}
		String[] hosts = text.substring(scheme + 3).split("/", 2)[0].split(",");
		try {
			URI first = new URI(text.substring(0, scheme + 3) + hosts[0]);
			List<RedisNode> nodes = new ArrayList<>();
			for (String host : hosts) {
				URI node = new URI("redis://" + host.substring(host.indexOf('@') + 1));
				if (node.getHost() == null) {
					throw invalid("It must name a host, as redis://127.0.0.1:6379 does.");
				}
				nodes.add(new RedisNode(node.getHost(), (node.getPort() < 0) ? PORT : node.getPort()));
			}
			String path = text.substring(scheme + 3).contains("/") ? text.substring(scheme + 3).split("/", 2)[1] : "";
			if (!path.matches("\\d{0,4}")) {
				throw invalid(
						"What follows the host must be the number of a database, as in redis://127.0.0.1:6379/1.");
			}
			String user = first.getRawUserInfo();
			int colon = (user != null) ? user.indexOf(':') : -1;
			return new RedisUrl(text.startsWith("rediss"),
					(colon > 0 && user != null) ? decode(user.substring(0, colon)) : null,
					(user != null) ? decode(user.substring(colon + 1)) : null, List.copyOf(nodes),
					path.isEmpty() ? 0 : Integer.parseInt(path));
		}
		catch (URISyntaxException ex) {
			throw invalid("It must be an address such as redis://127.0.0.1:6379.");
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
	 * Makes connections to it. While it is away, commands are refused at once instead of
	 * being kept for later: who is told that something failed must not see it happen.
	 * @param bundle what TLS trusts and shows, if not what the JVM does
	 */
	LettuceConnectionFactory connections(@Nullable SslBundle bundle) {
		ClientOptions.Builder options = (this.nodes.size() > 1) ? ClusterClientOptions.builder()
				: ClientOptions.builder();
		options.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
			.timeoutOptions(TimeoutOptions.enabled());
		if (bundle != null) {
			options.sslOptions(SslOptions.builder()
				.keyManager(bundle.getManagers().getKeyManagerFactory())
				.trustManager(bundle.getManagers().getTrustManagerFactory())
				.build());
		}
		LettuceClientConfiguration.LettuceClientConfigurationBuilder client = LettuceClientConfiguration.builder()
			.commandTimeout(TIMEOUT)
			.clientOptions(options.build());
		if (this.tls) {
			client.useSsl();
		}
		LettuceConnectionFactory factory = new LettuceConnectionFactory(server(), client.build());
		factory.afterPropertiesSet();
		factory.start();
		return factory;
	}

	private RedisConfiguration server() {
		RedisPassword secret = RedisPassword.of(this.password);
		if (this.nodes.size() > 1) {
			RedisClusterConfiguration cluster = new RedisClusterConfiguration();
			this.nodes.forEach(cluster::addClusterNode);
			cluster.setUsername(this.username);
			cluster.setPassword(secret);
			return cluster;
		}
		RedisNode node = this.nodes.get(0);
		RedisStandaloneConfiguration server = new RedisStandaloneConfiguration(String.valueOf(node.getHost()),
				(node.getPort() != null) ? node.getPort() : PORT);
		server.setUsername(this.username);
		server.setPassword(secret);
		server.setDatabase(this.database);
		return server;
	}

	@Override
	public String toString() {
		return "RedisUrl[nodes=" + this.nodes + "]";
	}

}
