package io.ikigai.platform.influxdb;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.X509TrustManager;

import okhttp3.OkHttpClient;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.influxdb.InfluxDB;
import org.influxdb.InfluxDBException;
import org.influxdb.InfluxDBFactory;
import org.influxdb.InfluxDBIOException;
import org.influxdb.dto.BatchPoints;
import org.influxdb.dto.Point;
import org.influxdb.dto.Query;
import org.influxdb.dto.QueryResult;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;

/**
 * Talks to the server by the API of 1.x, and makes the database as soon as the server
 * answers. Safe for use by several threads.
 */
final class InfluxdbConnection implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(InfluxdbConnection.class);

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration SHORTEST_RETENTION = Duration.ofHours(1);

	private static final Duration LONGEST_OF_HOURS = Duration.ofDays(2);

	private static final Duration LONGEST_OF_DAYS = Duration.ofDays(180);

	private final InfluxdbSettings settings;

	private final InfluxDB server;

	private volatile boolean prepared;

	/**
	 * Connects.
	 * @param settings where to
	 * @throws InfluxdbUnusableException if the server refuses the user, or there is no
	 * such host
	 */
	InfluxdbConnection(InfluxdbSettings settings) {
		this.settings = settings;
		OkHttpClient.Builder client = new OkHttpClient.Builder().connectTimeout(PATIENCE)
			.readTimeout(PATIENCE)
			.writeTimeout(PATIENCE);
		if (settings.tls() != null) {
			client.sslSocketFactory(settings.tls().createSslContext().getSocketFactory(), trusted(settings.tls()));
		}
		try {
			this.server = (settings.username() != null)
					? InfluxDBFactory.connect(settings.url(), settings.username(),
							(settings.password() != null) ? settings.password() : "", client)
					: InfluxDBFactory.connect(settings.url(), client);
		}
		catch (RuntimeException ex) {
			throw new InfluxdbUnusableException("InfluxDB at " + settings.url() + " cannot be found", ex);
		}
		this.prepared = !settings.create();
		try {
			prepare();
		}
		catch (DataAccessResourceFailureException ex) {
			logger.warn("InfluxDB does not answer yet; telemetry is kept while its buffer has room: "
					+ ex.getMostSpecificCause().getMessage());
		}
		catch (RuntimeException ex) {
			this.server.close();
			throw new InfluxdbUnusableException("InfluxDB at " + settings.url() + " refuses to make the database '"
					+ settings.database() + "': " + ex.getMessage(), ex);
		}
	}

	private static X509TrustManager trusted(SslBundle tls) {
		return Arrays.stream(tls.getManagers().getTrustManagers())
			.filter(X509TrustManager.class::isInstance)
			.map(X509TrustManager.class::cast)
			.findFirst()
			.orElseThrow();
	}

	private void prepare() {
		if (this.prepared) {
			return;
		}
		String database = Influxql.identifier(this.settings.database());
		String policy = Influxql.identifier(this.settings.retentionPolicy());
		ask("CREATE DATABASE " + database);
		boolean there = ask("SHOW RETENTION POLICIES ON " + database).stream()
			.flatMap((series) -> series.getValues().stream())
			.anyMatch((row) -> this.settings.retentionPolicy().equals(row.get(0)));
		ask((there ? "ALTER" : "CREATE") + " RETENTION POLICY " + policy + " ON " + database
				+ durations(this.settings.retention()));
		this.prepared = true;
	}

	// Shards as the server would choose them, which it does only for a new policy.
	private static String durations(Duration retention) {
		Duration kept = (retention.compareTo(SHORTEST_RETENTION) < 0) ? SHORTEST_RETENTION : retention;
		String shard = (kept.compareTo(LONGEST_OF_HOURS) < 0) ? "1h"
				: (kept.compareTo(LONGEST_OF_DAYS) < 0) ? "1d" : "7d";
		return " DURATION " + kept.toSeconds() + "s REPLICATION 1 SHARD DURATION " + shard;
	}

	/**
	 * Returns a measurement's full name, quoted.
	 */
	String measurement(String name) {
		return Influxql.identifier(this.settings.database()) + "."
				+ Influxql.identifier(this.settings.retentionPolicy()) + "." + Influxql.identifier(name);
	}

	/**
	 * Writes points, all of them or, as the exception tells, perhaps only some; points
	 * that are written again replace themselves.
	 */
	void write(List<Point> points) {
		try {
			prepare();
			this.server.write(BatchPoints.database(this.settings.database())
				.retentionPolicy(this.settings.retentionPolicy())
				.precision(TimeUnit.NANOSECONDS)
				.points(points)
				.build());
		}
		catch (InfluxDBException.DatabaseNotFoundException ex) {
			this.prepared = !this.settings.create();
			throw away(ex);
		}
		catch (InfluxDBException ex) {
			throw isRefusal(ex) ? new DataIntegrityViolationException("InfluxDB refuses points: " + ex.getMessage(), ex)
					: away(ex);
		}
	}

	private static boolean isRefusal(InfluxDBException ex) {
		return ex instanceof InfluxDBException.FieldTypeConflictException
				|| ex instanceof InfluxDBException.PointsBeyondRetentionPolicyException
				|| ex instanceof InfluxDBException.UnableToParseException
				|| String.valueOf(ex.getMessage()).contains("partial write");
	}

	/**
	 * Asks a question.
	 * @return the answer's series, none if there is nothing
	 */
	List<QueryResult.Series> query(String text) {
		prepare();
		return ask(text);
	}

	private List<QueryResult.Series> ask(String text) {
		QueryResult answer;
		try {
			// No unit of time: then times come as texts, with all their nanoseconds
			answer = this.server.query(new Query(text, this.settings.database(), true));
		}
		catch (InfluxDBException ex) {
			throw away(ex);
		}
		QueryResult.Result result = answer.getResults().get(0);
		if (answer.hasError()) {
			String error = (answer.getError() != null) ? answer.getError() : result.getError();
			throw new InvalidDataAccessResourceUsageException("InfluxDB answers: " + error);
		}
		return (result.getSeries() != null) ? result.getSeries() : List.of();
	}

	/**
	 * Returns the server's version.
	 * @throws DataAccessResourceFailureException if it does not answer
	 */
	String version() {
		try {
			return this.server.ping().getVersion();
		}
		catch (InfluxDBException ex) {
			throw away(ex);
		}
	}

	private static RuntimeException away(InfluxDBException ex) {
		if (ex instanceof InfluxDBException.AuthorizationFailedException) {
			return new InvalidDataAccessResourceUsageException("InfluxDB refuses the user: " + ex.getMessage(), ex);
		}
		return new DataAccessResourceFailureException((ex instanceof InfluxDBIOException) ? "InfluxDB does not answer"
				: "InfluxDB answers: " + ex.getMessage(), ex);
	}

	@Override
	public void close() {
		this.server.close();
	}

}
