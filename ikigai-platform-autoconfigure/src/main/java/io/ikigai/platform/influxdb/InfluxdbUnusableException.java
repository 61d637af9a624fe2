package io.ikigai.platform.influxdb;

/**
 * Telemetry cannot be kept on InfluxDB. The message tells why, without secrets.
 */
public final class InfluxdbUnusableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	InfluxdbUnusableException(String message, Throwable cause) {
		super(message, cause);
	}

}
