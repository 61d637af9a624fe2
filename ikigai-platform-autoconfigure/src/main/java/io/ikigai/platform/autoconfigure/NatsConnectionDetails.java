package io.ikigai.platform.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * How to connect to NATS. A bean of this type goes before {@code ikigai.nats.url}.
 */
public interface NatsConnectionDetails extends ConnectionDetails {

	/**
	 * Returns where the servers are.
	 * @return such as {@code nats://127.0.0.1:4222}, several joined by commas
	 */
	String url();

	/**
	 * Returns the user, if the URL does not hold one.
	 * @return the user, or {@code null}
	 */
	default @Nullable String username() {
		return null;
	}

	/**
	 * Returns the user's password.
	 * @return the password, or {@code null}
	 */
	default @Nullable String password() {
		return null;
	}

	/**
	 * Returns a token that stands for user and password.
	 * @return the token, or {@code null}
	 */
	default @Nullable String token() {
		return null;
	}

	/**
	 * Returns what TLS trusts, and the certificate to show.
	 * @return the bundle, or {@code null} for {@code ikigai.nats.ssl.bundle}
	 */
	default @Nullable SslBundle sslBundle() {
		return null;
	}

}
