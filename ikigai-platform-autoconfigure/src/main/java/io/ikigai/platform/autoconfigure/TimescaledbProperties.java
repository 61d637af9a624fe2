package io.ikigai.platform.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * TimescaleDB.
 *
 * @param url the address of a server of its own, as that of ikigai.postgres.url; without
 * it telemetry is kept on the platform's PostgreSQL, which then has the extension
 * @param username the user, unless the address names one
 * @param password the password, unless the address holds one
 * @param poolSize how many connections there are to a server of its own at most
 */
@ConfigurationProperties(prefix = "ikigai.timescaledb", ignoreUnknownFields = false)
public record TimescaledbProperties(@Nullable String url, @Nullable String username, @Nullable String password,
		@DefaultValue("4") int poolSize) {

	/**
	 * Keeps the secret to itself.
	 */
	@Override
	public String toString() {
		return "TimescaledbProperties";
	}

}
