package io.ikigai.platform.autoconfigure.container;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What the image {@code influxdb} of 1.x is told by environment variables. The
 * administrator goes first: the platform makes its database.
 *
 * @param all the variables
 */
record InfluxdbVariables(Map<String, @Nullable String> all) {

	static final int PORT = 8086;

	@Nullable String username() {
		return first("INFLUXDB_ADMIN_USER", "INFLUXDB_USER");
	}

	@Nullable String password() {
		return first("INFLUXDB_ADMIN_PASSWORD", "INFLUXDB_USER_PASSWORD");
	}

	private @Nullable String first(String name, String otherwise) {
		String value = this.all.get(name);
		return (value != null) ? value : this.all.get(otherwise);
	}

}
