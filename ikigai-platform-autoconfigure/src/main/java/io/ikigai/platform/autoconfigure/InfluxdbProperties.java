package io.ikigai.platform.autoconfigure;

import java.net.URI;
import java.net.URISyntaxException;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * InfluxDB.
 *
 * @param url where it is, http or https
 * @param username the user, if the server asks for one
 * @param password the user's password; on InfluxDB 2 the token
 * @param database the database
 * @param retentionPolicy the retention policy that points are written to
 * @param create whether to create the database and the retention policy, and to set how
 * long the latter keeps points
 * @param ssl how TLS is done
 */
@ConfigurationProperties(prefix = "ikigai.influxdb", ignoreUnknownFields = false)
public record InfluxdbProperties(@DefaultValue("http://127.0.0.1:8086") String url, @Nullable String username,
		@Nullable String password, @DefaultValue("ikigai") String database,
		@DefaultValue("ikigai") String retentionPolicy, @DefaultValue("true") boolean create, @DefaultValue Ssl ssl) {

	/**
	 * Returns the address, once it is known to be one.
	 */
	String checkedUrl() {
		try {
			URI uri = new URI(this.url.trim());
			boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
			if (http && uri.getHost() != null && uri.getUserInfo() == null) {
				return this.url.trim();
			}
		}
		catch (URISyntaxException ex) {
			// Its message has the address, and that perhaps a password
		}
		throw new PlatformConfigurationException("The value of 'ikigai.influxdb.url' is no address of an InfluxDB.",
				"Write http://host:8086 or https://host:8086, and user and password into ikigai.influxdb.username "
						+ "and ikigai.influxdb.password.",
				null);
	}

	/**
	 * Keeps the secret to itself.
	 */
	@Override
	public String toString() {
		return "InfluxdbProperties";
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
