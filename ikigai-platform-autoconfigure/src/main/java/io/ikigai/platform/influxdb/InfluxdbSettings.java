package io.ikigai.platform.influxdb;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * What the InfluxDB backend is told by the configuration.
 *
 * @param url where it is, without credentials
 * @param username the user, if it asks for one
 * @param password the password
 * @param tls what TLS trusts and shows, if not what the JVM does
 * @param database the database
 * @param retentionPolicy the retention policy that points are written to
 * @param create whether to create both where they are missing
 * @param retention how long events are kept by a retention policy that is created
 */
public record InfluxdbSettings(String url, @Nullable String username, @Nullable String password,
		@Nullable SslBundle tls, String database, String retentionPolicy, boolean create, Duration retention) {

	@Override
	public String toString() {
		return "InfluxdbSettings[url=" + this.url + ", database=" + this.database + ", retentionPolicy="
				+ this.retentionPolicy + "]";
	}

}
