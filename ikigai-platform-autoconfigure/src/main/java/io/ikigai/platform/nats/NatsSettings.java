package io.ikigai.platform.nats;

import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * What the NATS backend is told by the configuration.
 *
 * @param url where the servers are, several joined by commas
 * @param username the user, if the URL does not hold one
 * @param password the user's password
 * @param token a token instead of user and password
 * @param tls what TLS trusts and shows, if not what the JVM does
 * @param prefix what the names of streams and subjects begin with
 * @param replicas on how many servers of a cluster a message is kept
 * @param agentName the agent's name: what the connection is called, and who gives a
 * message up
 * @param messageRetention how long messages are kept that were given up, and the names of
 * mailboxes that were used
 * @param services the services that run on it
 */
public record NatsSettings(String url, @Nullable String username, @Nullable String password, @Nullable String token,
		@Nullable SslBundle tls, String prefix, int replicas, String agentName, Duration messageRetention,
		Set<String> services) {

	/**
	 * Copies the set.
	 */
	public NatsSettings {
		services = Set.copyOf(services);
	}

	/**
	 * Leaves secrets out.
	 */
	@Override
	public String toString() {
		return "NatsSettings[url=" + NatsUnusableException.withoutSecrets(this.url) + ", prefix=" + this.prefix
				+ ", replicas=" + this.replicas + ", services=" + this.services + "]";
	}

}
