package io.ikigai.platform.influxdb;

import java.util.Map;
import java.util.Set;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.telemetry.TelemetryStore;

import org.springframework.dao.DataAccessException;

/**
 * InfluxDB, the door to it.
 */
public final class InfluxdbBackend implements BackendStatus, AutoCloseable {

	private final InfluxdbSettings settings;

	private final InfluxdbConnection connection;

	private final TelemetryStore store;

	/**
	 * Connects. A server that does not answer yet is waited for by the telemetry's
	 * buffer.
	 * @param settings where to
	 * @throws InfluxdbUnusableException if the server refuses the user or to make the
	 * database, or there is no such host
	 */
	public InfluxdbBackend(InfluxdbSettings settings) {
		this.settings = settings;
		this.connection = new InfluxdbConnection(settings);
		this.store = new InfluxdbTelemetryStore(this.connection);
	}

	/**
	 * Returns the store of telemetry.
	 * @return the store
	 */
	public TelemetryStore telemetryStore() {
		return this.store;
	}

	@Override
	public String backend() {
		return "influxdb";
	}

	@Override
	public Set<String> services() {
		return Set.of("telemetry");
	}

	@Override
	public Condition condition() {
		try {
			return new Condition(true, true,
					Map.of("database", this.settings.database(), "version", this.connection.version()));
		}
		catch (DataAccessException ex) {
			return new Condition(false, false, Map.of("database", this.settings.database(), "error",
					String.valueOf(ex.getMostSpecificCause().getMessage())));
		}
	}

	@Override
	public void close() {
		this.connection.close();
	}

}
