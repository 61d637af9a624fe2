package io.ikigai.sample.webapp;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.ikigai.platform.telemetry.Aggregation;
import io.ikigai.platform.telemetry.Telemetry;
import io.ikigai.platform.telemetry.TelemetryBucket;
import io.ikigai.platform.telemetry.TelemetryQuery;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * How much is done, how long it takes and what fails, as the listeners of all agents tell
 * the telemetry.
 */
@Component
class Rates {

	static final String AREA = "telemetry";

	private final Telemetry telemetry;

	private final Readings readings;

	Rates(Telemetry telemetry, Readings readings) {
		this.telemetry = telemetry;
		this.readings = readings;
	}

	/**
	 * The charts of the work.
	 * @param agent only this agent's, or everybody's
	 * @param queue only this queue's, or every queue's
	 */
	Reading.Known<List<Chart>> charts(Window window, @Nullable String agent, @Nullable String queue) {
		return this.readings.get("rates %s %s %s".formatted(window, agent, queue), AREA, () -> {
			Instant now = Instant.now();
			TelemetryQuery query = window.within(TelemetryQuery.all(), now);
			query = (agent != null) ? query.withAgent(agent) : query;
			// The queue's name is in the payload; ids and errors hardly ever have it too
			query = (queue != null) ? query.withText(queue) : query;
			List<Chart> charts = new ArrayList<>();
			charts.add(Chart.bars("Completed", "good", window, now,
					series(query.withType("task_completed"), window, "count", Aggregation.SUM), Rates::count));
			charts.add(Chart.line("Handling time, 95 % within", "busy", window, now,
					series(query.withType("task_completed"), window, "millis", Aggregation.P95), Rates::millis));
			charts.add(Chart.bars("Failed", "bad", window, now,
					series(query.withType("task_failed"), window, "count", Aggregation.COUNT), Rates::count));
			return charts;
		});
	}

	/**
	 * What the last whole minute brought.
	 */
	Reading.Known<Minute> lastMinute() {
		return this.readings.get("minute", AREA, () -> {
			Instant now = Instant.now();
			TelemetryQuery minute = TelemetryQuery.all().withFrom(now.minusSeconds(60)).withTo(now.plusSeconds(60));
			TelemetryQuery completed = minute.withType("task_completed");
			return new Minute(Math.round(sum(series(completed, Window.DAY, "count", Aggregation.SUM))),
					Math.round(sum(series(minute.withType("task_failed"), Window.DAY, "count", Aggregation.COUNT))),
					Math.round(highest(series(completed, Window.DAY, "millis", Aggregation.P50))),
					Math.round(highest(series(completed, Window.DAY, "millis", Aggregation.P95))));
		});
	}

	private static double sum(List<TelemetryBucket> buckets) {
		return buckets.stream().mapToDouble(TelemetryBucket::value).sum();
	}

	private static double highest(List<TelemetryBucket> buckets) {
		return buckets.stream().mapToDouble(TelemetryBucket::value).max().orElse(0);
	}

	private List<TelemetryBucket> series(TelemetryQuery query, Window window, String path, Aggregation aggregation) {
		return this.telemetry.series(query, window.step(), path, aggregation);
	}

	static String count(double value) {
		return String.format(Locale.ROOT, "%,d", Math.round(value));
	}

	static String millis(double value) {
		return (value < 10_000) ? String.format(Locale.ROOT, "%,d ms", Math.round(value))
				: String.format(Locale.ROOT, "%,.1f s", value / 1000);
	}

	/**
	 * One minute.
	 *
	 * @param completed tasks completed
	 * @param failed tasks given up
	 * @param median the median of the handling times, in milliseconds
	 * @param slow their 95th percentile
	 */
	record Minute(long completed, long failed, long median, long slow) {
	}

}
