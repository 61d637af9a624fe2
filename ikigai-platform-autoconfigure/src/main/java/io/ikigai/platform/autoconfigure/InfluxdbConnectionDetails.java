package io.ikigai.platform.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where InfluxDB is. A bean of this type takes the place of {@code ikigai.influxdb.url},
 * {@code username} and {@code password}.
 */
public interface InfluxdbConnectionDetails extends ConnectionDetails {

	/**
	 * Returns the address.
	 * @return http or https, without user and password
	 */
	String url();

	/**
	 * Returns the user.
	 * @return the name, if one is needed
	 */
	@Nullable String username();

	/**
	 * Returns the password.
	 * @return the password, if one is needed
	 */
	@Nullable String password();

}
