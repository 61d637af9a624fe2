package io.ikigai.platform.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where a TimescaleDB of telemetry's own is. A bean of this type takes the place of
 * {@code ikigai.timescaledb.*}.
 */
public interface TimescaledbConnectionDetails extends ConnectionDetails {

	/**
	 * Returns the address.
	 * @return as of JDBC, without user and password
	 */
	String jdbcUrl();

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
