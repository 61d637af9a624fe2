package io.ikigai.platform.influxdb;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import io.ikigai.platform.telemetry.Aggregation;
import io.ikigai.platform.telemetry.TelemetryBucket;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.telemetry.TelemetryStore;
import org.influxdb.dto.QueryResult;
import org.jspecify.annotations.Nullable;

/**
 * Telemetry as points of one measurement.
 */
final class InfluxdbTelemetryStore implements TelemetryStore {

	private final InfluxdbConnection connection;

	private final EventPoints points = new EventPoints();

	InfluxdbTelemetryStore(InfluxdbConnection connection) {
		this.connection = connection;
	}

	@Override
	public void write(List<TelemetryEvent> events) {
		this.connection.write(events.stream().map(this.points::point).toList());
	}

	@Override
	public List<TelemetryEvent> query(TelemetryQuery query) {
		EventConditions conditions = conditions(query);
		List<TelemetryEvent> events = new ArrayList<>();
		for (QueryResult.Series series : select("\"id\", \"agent\", \"type\", /^json/",
				conditions.where() + " ORDER BY time DESC LIMIT " + query.limit())) {
			for (List<Object> row : series.getValues()) {
				TelemetryEvent event = this.points.event(series.getColumns(), row);
				if (event != null) {
					events.add(event);
				}
			}
		}
		return events;
	}

	@Override
	public List<TelemetryBucket> series(TelemetryQuery query, Duration bucket, String valuePath,
			Aggregation aggregation, int limit) {
		EventConditions conditions = conditions(query);
		String field = Influxql
			.identifier((aggregation == Aggregation.COUNT) ? EventPoints.ID : EventPoints.numberField(valuePath));
		// Within the time that holds events: the server would go through all the steps of
		// centuries
		Instant first = firstOf(field, conditions, "ASC");
		Instant last = firstOf(field, conditions, "DESC");
		if (first == null || last == null) {
			return List.of();
		}
		String what = "COUNT(" + field + ") AS events, " + aggregate(aggregation, field) + " AS value";
		List<TelemetryBucket> buckets = new ArrayList<>();
		long from = EventConditions.nanos(first, 0);
		long to = EventConditions.nanos(last, 0) + 1;
		new SparseSeries(field, conditions, TimeUnit.MICROSECONDS.convert(bucket)).read(from, to,
				(where, micros) -> buckets.addAll(series(what, where, micros, limit - buckets.size())));
		return buckets;
	}

	private List<TelemetryBucket> series(String what, String where, long micros, int limit) {
		if (limit < 1) {
			return List.of();
		}
		List<TelemetryBucket> buckets = new ArrayList<>();
		for (QueryResult.Series series : select(what,
				where + " GROUP BY time(" + micros + "u) fill(none) LIMIT " + limit)) {
			for (List<Object> row : series.getValues()) {
				buckets.add(new TelemetryBucket(EventPoints.time(row.get(0)), ((Number) row.get(1)).longValue(),
						((Number) row.get(2)).doubleValue()));
			}
		}
		return buckets;
	}

	private @Nullable Instant firstOf(String field, EventConditions conditions, String order) {
		List<QueryResult.Series> found = select(field, conditions.where() + " ORDER BY time " + order + " LIMIT 1");
		return found.isEmpty() ? null : EventPoints.time(found.get(0).getValues().get(0).get(0));
	}

	private static String aggregate(Aggregation aggregation, String field) {
		return switch (aggregation) {
			case COUNT -> "COUNT(" + field + ")";
			case SUM -> "SUM(" + field + ")";
			case MIN -> "MIN(" + field + ")";
			case MAX -> "MAX(" + field + ")";
			case AVG -> "MEAN(" + field + ")";
			case P50 -> "PERCENTILE(" + field + ", 50)";
			case P95 -> "PERCENTILE(" + field + ", 95)";
			case P99 -> "PERCENTILE(" + field + ", 99)";
		};
	}

	private EventConditions conditions(TelemetryQuery query) {
		return EventConditions.of(query, (query.text() != null) ? jsonFields() : List.of());
	}

	// A payload of more than a field holds is in several, and so may be a text in it.
	private List<String> jsonFields() {
		List<String> fields = new ArrayList<>();
		for (QueryResult.Series series : this.connection
			.query("SHOW FIELD KEYS FROM " + this.connection.measurement(EventPoints.MEASUREMENT))) {
			for (List<Object> row : series.getValues()) {
				String field = Objects.toString(row.get(0));
				if (field.matches("json\\d*")) {
					fields.add(field);
				}
			}
		}
		return fields.isEmpty() ? List.of(EventPoints.JSON) : fields;
	}

	private List<QueryResult.Series> select(String what, String clauses) {
		return this.connection
			.query("SELECT " + what + " FROM " + this.connection.measurement(EventPoints.MEASUREMENT) + clauses);
	}

	/**
	 * A series whose events may be centuries apart: one with an absurd time must not make
	 * the server go through all the steps between. Long stretches are looked at in longer
	 * steps first, and only those with events in the steps that are asked for.
	 */
	private final class SparseSeries {

		private static final long MOST_STEPS = 50_000;

		private static final long STRETCHES = 1000;

		private final String field;

		private final EventConditions conditions;

		private final long step;

		private SparseSeries(String field, EventConditions conditions, long stepMicros) {
			this.field = field;
			this.conditions = conditions;
			this.step = stepMicros;
		}

		void read(long from, long to, BiConsumer<String, Long> reader) {
			long steps = (to / 1000 - from / 1000) / this.step;
			if (steps <= MOST_STEPS) {
				reader.accept(this.conditions.where(from, to), this.step);
				return;
			}
			// Whole steps, so that no step is read in two parts
			long stretch = steps / STRETCHES * this.step;
			for (TelemetryBucket full : series(
					"COUNT(" + this.field + ") AS events, COUNT(" + this.field + ") AS value",
					this.conditions.where(from, to), stretch, Integer.MAX_VALUE)) {
				long begin = EventConditions.nanos(full.start(), 0);
				read(Math.max(from, begin), Math.min(to, begin + stretch * 1000), reader);
			}
		}

	}

}
