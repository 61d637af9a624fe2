package io.ikigai.benchmarks.service;

import java.io.StringReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.sql.Connection;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import io.ikigai.platform.telemetry.Telemetry;
import io.ikigai.platform.telemetry.TelemetryStatus;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Telemetry by the platform and by COPY.
 */
public final class TelemetryContestants implements AutoCloseable {

	private static final int EVENTS = 200_000;

	private static final int AT_ONCE = 1000;

	/** Less than the buffer takes: nothing is to be dropped. */
	private static final int MOST_BUFFERED = 6000;

	private static final int ROWS_PER_COPY = 10_000;

	private final ServiceApplication application;

	private final TimeBasedEpochGenerator ids = Generators.timeBasedEpochGenerator();

	/**
	 * Starts the application.
	 * @param url the database
	 * @param arguments properties of the platform
	 */
	public TelemetryContestants(String url, String[] arguments) {
		this.application = ServiceApplication.start(url, arguments, Map.of());
	}

	/**
	 * Emits as fast as the store takes it.
	 * @return events that were stored in a second
	 */
	public double stored() {
		Telemetry telemetry = this.application.platform().telemetry();
		long begun = System.nanoTime();
		emit(telemetry);
		telemetry.flush();
		return EVENTS / Throughput.seconds(begun);
	}

	/**
	 * Emits as fast as the store takes it.
	 * @return the caller's CPU time of one call, in microseconds
	 */
	public double callerMicros() {
		Telemetry telemetry = this.application.platform().telemetry();
		long nanos = emit(telemetry);
		telemetry.flush();
		return nanos / 1000.0 / EVENTS;
	}

	private long emit(Telemetry telemetry) {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		TelemetryStatus status = this.application.bean(TelemetryStatus.class);
		long before = status.dropped();
		long nanos = 0;
		for (int emitted = 0; emitted < EVENTS; emitted += AT_ONCE) {
			while (status.buffered() > MOST_BUFFERED) {
				LockSupport.parkNanos(500_000);
			}
			long begun = threads.getCurrentThreadCpuTime();
			for (int i = 0; i < AT_ONCE; i++) {
				telemetry.emit("metric", Reading.of(i));
			}
			nanos += threads.getCurrentThreadCpuTime() - begun;
		}
		if (status.dropped() != before) {
			throw new IllegalStateException("Events were dropped");
		}
		return nanos;
	}

	/**
	 * Copies the same rows into the same table over one connection.
	 * @return rows per second
	 * @throws Exception if it fails
	 */
	public double copied() throws Exception {
		try (Connection connection = this.application.pool().getConnection()) {
			CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
			long begun = System.nanoTime();
			for (int copied = 0; copied < EVENTS; copied += ROWS_PER_COPY) {
				copy.copyIn("COPY telemetry (id, agent_name, event_type, payload, created_at) FROM STDIN",
						new StringReader(rows()));
			}
			return EVENTS / Throughput.seconds(begun);
		}
	}

	private String rows() {
		StringBuilder rows = new StringBuilder();
		for (int i = 0; i < ROWS_PER_COPY; i++) {
			rows.append(this.ids.generate()).append("\tbenchmark\tmetric\t").append(Reading.json(i)).append('\t');
			rows.append(Instant.now()).append('\n');
		}
		return rows.toString();
	}

	/**
	 * Empties the table.
	 */
	public void clear() {
		this.application.jdbc().execute("TRUNCATE telemetry");
	}

	@Override
	public void close() {
		this.application.close();
	}

}
