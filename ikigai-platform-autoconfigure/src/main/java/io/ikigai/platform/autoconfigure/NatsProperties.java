package io.ikigai.platform.autoconfigure;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * NATS.
 *
 * @param url where it is, such as nats://user:secret@127.0.0.1:4222, or nats://token@host
 * with a token, with tls for TLS, and several servers of a cluster joined by commas
 * @param replicas on how many servers of a cluster a mailbox message is kept
 * @param prefix what the names of streams and subjects begin with: installations that
 * share a NATS account need different ones
 * @param ssl how TLS is done
 */
@ConfigurationProperties(prefix = "ikigai.nats", ignoreUnknownFields = false)
public record NatsProperties(@DefaultValue("nats://127.0.0.1:4222") String url, @DefaultValue("1") int replicas,
		@DefaultValue("ikigai") String prefix, @DefaultValue Ssl ssl) {

	private static final Pattern URLS = Pattern.compile("((nats|tls)://[^,/\\s]+/?)(,((nats|tls)://)?[^,/\\s]+/?)*");

	/**
	 * Checks the values.
	 */
	public NatsProperties {
		url = url.strip().replaceAll("\\s*,\\s*", ",");
		if (replicas < 1 || replicas > 5) {
			throw new InvalidConfigurationPropertyValueException("ikigai.nats.replicas", replicas,
					"It must be from 1 to 5.");
		}
		if (!prefix.matches("[A-Za-z0-9_-]{1,32}")) {
			throw new InvalidConfigurationPropertyValueException("ikigai.nats.prefix", prefix,
					"It must be 1 to 32 of the characters A-Z, a-z, 0-9, _ and -.");
		}
	}

	/**
	 * Returns the URL, checked. What is wrong with it is told without showing it: it may
	 * hold a password.
	 */
	String checkedUrl() {
		if (!URLS.matcher(this.url).matches()) {
			throw new PlatformConfigurationException("The value of ikigai.nats.url is not valid.",
					"It must look like nats://127.0.0.1:4222 or tls://host:4222, several joined by commas; "
							+ "what is odd in a user or password is percent-encoded.",
					null);
		}
		return this.url;
	}

	@Override
	public String toString() {
		return "NatsProperties[url=(set), replicas=" + this.replicas + ", prefix=" + this.prefix + "]";
	}

	/**
	 * TLS.
	 *
	 * @param bundle the name of the SSL bundle with what is trusted and, if the server
	 * asks for it, the application's own certificate
	 */
	public record Ssl(@Nullable String bundle) {
	}

}
