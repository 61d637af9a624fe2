package io.ikigai.sample.webapp;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;

import io.ikigai.platform.telemetry.TelemetryBucket;

/**
 * A time series drawn as SVG in a box of {@value #WIDTH} by {@value #HEIGHT}; the page
 * stretches it.
 *
 * @param title what it shows
 * @param kind {@code good}, {@code bad}, {@code busy} or {@code plain}: its colour
 * @param latest the last measurement or the sum of the counts, with its unit
 * @param top the value at the upper edge
 * @param from the time at the left edge
 * @param to the time at the right edge
 * @param bars a bar for each step, if it is made of bars
 * @param line the path of the line, if it is one
 * @param shade the path of what is below the line
 * @param summary the same in words
 */
record Chart(String title, String kind, String latest, String top, String from, String to, List<Bar> bars, String line,
		String shade, String summary) {

	static final int WIDTH = 600;

	static final int HEIGHT = 120;

	private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT)
		.withZone(ZoneOffset.UTC);

	/**
	 * Counts, for which a step without events is a zero.
	 */
	static Chart bars(String title, String kind, Window window, Instant now, List<TelemetryBucket> buckets,
			DoubleFunction<String> unit) {
		Points points = Points.of(window, now, buckets);
		List<Bar> bars = new ArrayList<>();
		double width = (double) WIDTH / window.steps();
		double top = points.top();
		for (int step = 0; step < window.steps(); step++) {
			double value = points.values[step];
			if (value > 0) {
				double height = Math.max(2, value / top * (HEIGHT - 4));
				bars.add(new Bar(decimal(step * width + width * 0.15), decimal(HEIGHT - height), decimal(width * 0.7),
						decimal(height)));
			}
		}
		return points.chart(title, kind, bars, "", "", unit);
	}

	/**
	 * Measurements, for which a step without events is a gap.
	 */
	static Chart line(String title, String kind, Window window, Instant now, List<TelemetryBucket> buckets,
			DoubleFunction<String> unit) {
		Points points = Points.of(window, now, buckets);
		StringBuilder line = new StringBuilder();
		StringBuilder shade = new StringBuilder();
		double width = (double) WIDTH / window.steps();
		for (int step = 0; step < window.steps(); step++) {
			if (points.there[step]) {
				boolean begins = !points.there(step - 1);
				boolean ends = !points.there(step + 1);
				String x = decimal((step + 0.5) * width);
				String y = decimal(HEIGHT - 2 - points.values[step] / points.top() * (HEIGHT - 8));
				line.append(begins ? "M" : "L").append(x).append(' ').append(y);
				shade.append(begins ? "M" + x + " " + HEIGHT + "L" : "L").append(x).append(' ').append(y);
				if (begins && ends) {
					// A point that is alone is seen too
					line.append("m-4 0h8");
				}
				if (ends) {
					shade.append("L").append(x).append(' ').append(HEIGHT).append("Z");
				}
			}
		}
		return points.chart(title, kind, List.of(), line.toString(), shade.toString(), unit);
	}

	public boolean empty() {
		return this.bars.isEmpty() && this.line.isEmpty();
	}

	private static String decimal(double number) {
		return String.format(Locale.ROOT, "%.2f", number);
	}

	/**
	 * One bar.
	 */
	record Bar(String x, String y, String width, String height) {
	}

	/**
	 * The buckets at their places.
	 */
	private static final class Points {

		private final Window window;

		private final Instant start;

		private final double[] values;

		private final boolean[] there;

		private Points(Window window, Instant start) {
			this.window = window;
			this.start = start;
			this.values = new double[window.steps()];
			this.there = new boolean[window.steps()];
		}

		static Points of(Window window, Instant now, List<TelemetryBucket> buckets) {
			Points points = new Points(window, window.firstStep(now));
			Map<Instant, TelemetryBucket> byStart = new HashMap<>();
			buckets.forEach((bucket) -> byStart.put(bucket.start(), bucket));
			for (int step = 0; step < window.steps(); step++) {
				TelemetryBucket bucket = byStart.get(points.start.plus(window.step().multipliedBy(step)));
				if (bucket != null) {
					points.values[step] = Math.max(0, bucket.value());
					points.there[step] = true;
				}
			}
			return points;
		}

		boolean there(int step) {
			return step >= 0 && step < this.there.length && this.there[step];
		}

		double top() {
			double top = 0;
			for (double value : this.values) {
				top = Math.max(top, value);
			}
			return (top > 0) ? top : 1;
		}

		private double sum() {
			double sum = 0;
			for (double value : this.values) {
				sum += value;
			}
			return sum;
		}

		private int lastStep() {
			int last = this.window.steps() - 1;
			while (last > 0 && !this.there[last]) {
				last--;
			}
			return last;
		}

		Chart chart(String title, String kind, List<Bar> bars, String line, String shade, DoubleFunction<String> unit) {
			Duration length = this.window.step().multipliedBy(this.window.steps());
			boolean empty = bars.isEmpty() && line.isEmpty();
			boolean counts = line.isEmpty();
			String latest = empty ? "–" : unit.apply(counts ? sum() : this.values[lastStep()]);
			String what = "%s, %s".formatted(title, this.window.stepWords());
			String summary = empty ? what + ": nothing in this time"
					: "%s: %s %s, at most %s".formatted(what, counts ? "together" : "now", latest, unit.apply(top()));
			return new Chart(what, kind, latest, empty ? "" : unit.apply(top()), CLOCK.format(this.start),
					CLOCK.format(this.start.plus(length)), bars, line, shade, summary);
		}

	}

}
