package io.ikigai.platform.postgres;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

import io.ikigai.platform.TimeRange;
import io.ikigai.platform.telemetry.Aggregation;
import io.ikigai.platform.telemetry.TelemetryBucket;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.telemetry.TelemetryStore;
import org.postgresql.PGConnection;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Telemetry in the table {@code telemetry}, written by COPY.
 */
final class PostgresTelemetryStore implements TelemetryStore {

	private static final int ROWS_PER_DELETE = 5000;

	private final JdbcTemplate template;

	private final JdbcClient jdbc;

	private final TransactionTemplate transactions;

	private final Schema schema;

	private final TelemetryHypertable hypertable;

	private final String bucket;

	private final ShownEvents events;

	/**
	 * Creates the store.
	 * @param writes runs what writes events
	 * @param reads runs what reads many events, or deletes them
	 * @param hypertable the table's other half on TimescaleDB
	 * @param transactionManager its transactions
	 * @param schema the table's schema
	 * @param bucket the expression that takes {@code created_at} to the beginning of its
	 * step of {@code :bucket} seconds
	 */
	PostgresTelemetryStore(JdbcTemplate writes, JdbcTemplate reads, TelemetryHypertable hypertable,
			PlatformTransactionManager transactionManager, Schema schema, String bucket) {
		this.template = writes;
		this.jdbc = JdbcClient.create(reads);
		this.transactions = new TransactionTemplate(transactionManager);
		this.transactions.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.schema = schema;
		this.hypertable = hypertable;
		this.bucket = bucket;
		this.events = new ShownEvents(this.jdbc, schema);
	}

	private JdbcClient.StatementSpec sql(String text) {
		return this.jdbc.sql(this.schema.sql(text));
	}

	@Override
	public void write(List<TelemetryEvent> events) {
		try {
			this.transactions.executeWithoutResult((status) -> copy(events));
		}
		catch (DuplicateKeyException ex) {
			// A write that seemed to fail had arrived
			this.transactions.executeWithoutResult((status) -> insert(events));
		}
	}

	private void copy(List<TelemetryEvent> events) {
		String rows = TelemetryCopyText.of(events);
		this.template.execute((Connection connection) -> {
			try {
				return connection.unwrap(PGConnection.class)
					.getCopyAPI()
					.copyIn(this.schema.sql("""
							COPY {schema}.telemetry (id, agent_name, event_type, payload, created_at) FROM STDIN"""),
							new StringReader(rows));
			}
			catch (IOException ex) {
				throw new SQLException("Could not send telemetry to the server", "08006", ex);
			}
		});
	}

	private void insert(List<TelemetryEvent> events) {
		this.template.batchUpdate(this.schema.sql("""
				INSERT INTO {schema}.telemetry (id, agent_name, event_type, payload, created_at)
				VALUES (?, ?, ?, ?::jsonb, ?) ON CONFLICT DO NOTHING"""), events, events.size(),
				(PreparedStatement row, TelemetryEvent event) -> {
					row.setObject(1, event.id());
					row.setString(2, event.agent());
					row.setString(3, event.type());
					row.setString(4, event.json());
					row.setObject(5, event.createdAt().atOffset(ZoneOffset.UTC));
				});
	}

	@Override
	public List<TelemetryEvent> query(TelemetryQuery query) {
		return this.events.read(query);
	}

	@Override
	public List<TelemetryBucket> series(TelemetryQuery query, Duration bucket, String valuePath,
			Aggregation aggregation, int limit) {
		TelemetryConditions conditions = TelemetryConditions.of(query);
		boolean counting = aggregation == Aggregation.COUNT;
		// What is no number, or none that a double can hold, is no value. Only CASE makes
		// sure that nothing else is cast.
		String value = counting ? "0" : """
				CASE WHEN jsonb_typeof(payload #> string_to_array(:path, '.')) = 'number' THEN
					CASE WHEN (payload #> string_to_array(:path, '.'))::numeric = 0
						OR abs((payload #> string_to_array(:path, '.'))::numeric) BETWEEN 1e-300 AND 1e300
					THEN (payload #> string_to_array(:path, '.'))::double precision END
				END""";
		return sql(
				"""
						SELECT {bucket} AS created_at,
							count(*) AS events, {aggregate} AS value
						FROM (SELECT created_at, {value} AS value FROM {schema}.telemetry{where}) found
						WHERE value IS NOT NULL AND created_at BETWEEN :earliest AND :latest GROUP BY 1 ORDER BY 1 LIMIT :limit"""
					.replace("{bucket}", this.bucket)
					.replace("{aggregate}", aggregate(aggregation))
					.replace("{value}", value)
					.replace("{where}", conditions.where()))
			.params(conditions.values())
			.param("bucket", PostgresTaskStore.seconds(bucket))
			.param("path", valuePath)
			// No step begins at infinity, and one row that has such a time must not
			// take the series from everybody
			.param("earliest", TimeRange.EARLIEST.atOffset(ZoneOffset.UTC))
			.param("latest", TimeRange.LATEST.atOffset(ZoneOffset.UTC))
			.param("limit", limit)
			.query((row, number) -> new TelemetryBucket(TaskRow.required(row, "created_at"), row.getLong("events"),
					row.getDouble("value")))
			.list();
	}

	private static String aggregate(Aggregation aggregation) {
		return switch (aggregation) {
			case COUNT -> "count(*)";
			case SUM -> "sum(value)";
			case MIN -> "min(value)";
			case MAX -> "max(value)";
			// avg keeps squares, which overflow
			case AVG -> "sum(value) / count(value)";
			case P50 -> "percentile_cont(0.5) WITHIN GROUP (ORDER BY value)";
			case P95 -> "percentile_cont(0.95) WITHIN GROUP (ORDER BY value)";
			case P99 -> "percentile_cont(0.99) WITHIN GROUP (ORDER BY value)";
		};
	}

	/**
	 * Deletes old events: chunk by chunk where the table is a hypertable, whoever made it
	 * one.
	 * @param retention how old
	 * @return how many rows or chunks
	 */
	long deleteOlderThan(Duration retention) {
		boolean hypertable = this.hypertable.exists();
		// Plain SQL may have written times that never come, or none. Deleted and
		// inserted,
		// for the row changes its chunk
		sql("""
				WITH odd AS (
					DELETE FROM {schema}.telemetry
					WHERE created_at > statement_timestamp() + interval '1 day'{or null} RETURNING *
				)
				INSERT INTO {schema}.telemetry (id, agent_name, event_type, payload, created_at)
				SELECT id, agent_name, event_type, payload, statement_timestamp() FROM odd ON CONFLICT DO NOTHING"""
			.replace("{or null}", hypertable ? "" : " OR created_at IS NULL")).update();
		if (hypertable) {
			return this.hypertable.dropOlderThan(retention);
		}
		long deleted = 0;
		int last;
		do {
			// A row's place is unique within one chunk only, if the table is partitioned
			last = sql("""
					DELETE FROM {schema}.telemetry
					WHERE created_at < statement_timestamp() - make_interval(secs => :retention)
						AND ctid = ANY (ARRAY (
							SELECT ctid FROM {schema}.telemetry
							WHERE created_at < statement_timestamp() - make_interval(secs => :retention)
							LIMIT :rows FOR UPDATE SKIP LOCKED))""")
				.param("retention", PostgresTaskStore.seconds(retention))
				.param("rows", ROWS_PER_DELETE)
				.update();
			deleted += last;
		}
		while (last == ROWS_PER_DELETE);
		return deleted;
	}

}
