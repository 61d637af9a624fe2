package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.telemetry.TelemetryStore;
import io.ikigai.platform.transaction.CallerTransactions;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Telemetry on TimescaleDB: on the platform's PostgreSQL, or on a server of its own. The
 * door to what differs from PostgreSQL: the hypertable, {@code time_bucket}, and chunks
 * that are dropped as a whole.
 */
public final class TimescaledbBackend implements BackendStatus, AutoCloseable {

	private static final Log logger = LogFactory.getLog(TimescaledbBackend.class);

	private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);

	private final JdbcClient jdbc;

	private final DataSource dataSource;

	private final PlatformTransactionManager transactionManager;

	private final Schema schema;

	private final Duration retention;

	private final @Nullable AutoCloseable ownConnections;

	private final @Nullable CallerTransactions callers;

	private final TelemetryHypertable table;

	private @Nullable PostgresTelemetryStore store;

	private @Nullable ScheduledExecutorService sweeper;

	/**
	 * Creates the backend.
	 * @param dataSource the database
	 * @param transactionManager its transactions
	 * @param callers the transactions that callers may be in, or {@code null} if no
	 * caller can have one on this server
	 * @param schema the schema of the table
	 * @param retention how long events are kept
	 * @param ownConnections what to close at the end if the server is telemetry's own, or
	 * {@code null} if it is the platform's PostgreSQL, which does the sweeping then
	 */
	public TimescaledbBackend(DataSource dataSource, PlatformTransactionManager transactionManager,
			@Nullable CallerTransactions callers, String schema, Duration retention,
			@Nullable AutoCloseable ownConnections) {
		this.jdbc = JdbcClient.create(dataSource);
		this.dataSource = dataSource;
		this.transactionManager = transactionManager;
		this.schema = (ownConnections != null) ? new Schema(schema).withoutFunctions() : new Schema(schema);
		this.retention = retention;
		this.ownConnections = ownConnections;
		this.callers = callers;
		this.table = new TelemetryHypertable(dataSource, transactionManager, this.schema);
	}

	/**
	 * Makes the hypertable, if it is not there.
	 * @param create whether it may; otherwise it has to be there
	 * @throws TimescaledbUnusableException if there is none and none can be made
	 */
	public void start(boolean create) {
		if (create) {
			this.table.create(this.retention);
		}
		else if (!this.table.exists()) {
			throw new TimescaledbUnusableException("The table telemetry of the schema '" + this.schema.name()
					+ "' is no hypertable, and ikigai.schema.migrate = false forbids to make it one", null);
		}
		SessionWatch commits = new SessionWatch(UnaryOperator.identity());
		this.store = new PostgresTelemetryStore(
				new LimitedJdbcTemplate(this.dataSource, LimitedJdbcTemplate.SHORT, commits),
				new LimitedJdbcTemplate(this.dataSource, LimitedJdbcTemplate.LONG, commits), this.table,
				this.transactionManager, this.schema,
				this.table.functions() + ".time_bucket(make_interval(secs => :bucket), created_at, "
						+ "TIMESTAMPTZ '1970-01-01 00:00:00+00')");
		if (this.ownConnections != null) {
			this.sweeper = Executors.newSingleThreadScheduledExecutor((task) -> {
				Thread thread = new Thread(task, "ikigai-timescaledb");
				thread.setDaemon(true);
				return thread;
			});
			this.sweeper.scheduleWithFixedDelay(this::sweep, SWEEP_INTERVAL.toMillis(), SWEEP_INTERVAL.toMillis(),
					TimeUnit.MILLISECONDS);
		}
	}

	private void sweep() {
		try {
			if (this.store != null) {
				this.store.deleteOlderThan(this.retention);
			}
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Could not drop chunks of telemetry past its retention; trying again in a while", ex);
		}
	}

	/**
	 * Returns the store of telemetry.
	 * @return the store
	 */
	public TelemetryStore telemetryStore() {
		if (this.store == null) {
			throw new IllegalStateException("Not started");
		}
		return (this.callers != null) ? this.callers.guard(this.store) : this.store;
	}

	@Override
	public String backend() {
		return "timescaledb";
	}

	@Override
	public Set<String> services() {
		return Set.of("telemetry");
	}

	@Override
	public Condition condition() {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("schema", this.schema.name());
		try {
			details.put("version",
					this.jdbc.sql("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'")
						.query(String.class)
						.single());
			// The edition: 'apache', or 'timescale' with what only that has
			details.put("license",
					this.jdbc.sql("SELECT current_setting('timescaledb.license')").query(String.class).single());
			return new Condition(true, true, details);
		}
		catch (DataAccessException ex) {
			details.put("error", String.valueOf(ex.getMostSpecificCause().getMessage()));
			return new Condition(false, false, details);
		}
	}

	@Override
	public void close() throws Exception {
		if (this.sweeper != null) {
			this.sweeper.shutdownNow();
		}
		if (this.ownConnections != null) {
			this.ownConnections.close();
		}
	}

}
