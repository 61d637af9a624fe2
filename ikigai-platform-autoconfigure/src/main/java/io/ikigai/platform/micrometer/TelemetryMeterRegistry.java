package io.ikigai.platform.micrometer;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.telemetry.Telemetry;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.core.instrument.step.StepMeterRegistry;
import io.micrometer.core.instrument.step.StepRegistryConfig;
import io.micrometer.core.instrument.util.NamedThreadFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Emits an event {@code metric} for each meter and step: its {@code name}, {@code type},
 * {@code unit}, {@code tags}, and its measurements as numbers, such as {@code value} of a
 * gauge or {@code count}, {@code total}, {@code mean} and {@code max} of a timer, whose
 * unit is the millisecond. Counts and totals are those of the step. Meters that counted
 * nothing in the step are left out, and so are values that are no numbers. Closing it
 * emits what the step has so far. Safe for use by several threads.
 */
public final class TelemetryMeterRegistry extends StepMeterRegistry {

	private static final Log logger = LogFactory.getLog(TelemetryMeterRegistry.class);

	private final Telemetry telemetry;

	/**
	 * Creates the registry and begins to publish.
	 * @param telemetry where to emit
	 * @param step how often
	 * @param clock the clock of the meters
	 */
	public TelemetryMeterRegistry(Telemetry telemetry, Duration step, Clock clock) {
		super(new Config(step), clock);
		this.telemetry = telemetry;
		config().namingConvention(NamingConvention.dot);
		start(new NamedThreadFactory("ikigai-metrics"));
	}

	@Override
	protected TimeUnit getBaseTimeUnit() {
		return TimeUnit.MILLISECONDS;
	}

	@Override
	protected void publish() {
		int failed = 0;
		RuntimeException last = null;
		for (Meter meter : getMeters()) {
			try {
				Map<String, Object> payload = payload(meter);
				if (payload != null) {
					this.telemetry.emit("metric", JsonMapper.shared().valueToTree(payload));
				}
			}
			catch (RuntimeException ex) {
				// A gauge that throws must not hide the other meters
				failed++;
				last = ex;
			}
		}
		if (last != null) {
			logger.warn(failed + " meters could not be emitted as telemetry; the last one because of", last);
		}
	}

	private static @Nullable Map<String, Object> payload(Meter meter) {
		Map<String, Object> payload = new LinkedHashMap<>();
		Meter.Id id = meter.getId();
		payload.put("name", id.getName());
		payload.put("type", id.getType().name().toLowerCase(Locale.ROOT));
		if (id.getBaseUnit() != null) {
			payload.put("unit", id.getBaseUnit());
		}
		Map<String, String> tags = new LinkedHashMap<>();
		for (Tag tag : id.getTags()) {
			tags.put(tag.getKey(), tag.getValue());
		}
		payload.put("tags", tags);
		return addMeasurements(payload, meter.measure()) ? payload : null;
	}

	private static boolean addMeasurements(Map<String, Object> payload, Iterable<Measurement> measurements) {
		boolean any = false;
		double count = Double.NaN;
		double total = Double.NaN;
		for (Measurement measurement : measurements) {
			double value = measurement.getValue();
			Statistic statistic = measurement.getStatistic();
			if (!Double.isFinite(value)) {
				continue;
			}
			any = true;
			payload.put((statistic == Statistic.TOTAL_TIME) ? "total" : statistic.getTagValueRepresentation(), value);
			if (statistic == Statistic.COUNT) {
				count = value;
			}
			else if (statistic == Statistic.TOTAL || statistic == Statistic.TOTAL_TIME) {
				total = value;
			}
		}
		if (count > 0 && Double.isFinite(total)) {
			payload.put("mean", total / count);
		}
		return any && count != 0;
	}

	/**
	 * What a step registry wants to know.
	 *
	 * @param step how often
	 */
	private record Config(Duration step) implements StepRegistryConfig {

		@Override
		public String prefix() {
			return "ikigai.telemetry.metrics";
		}

		@Override
		public @Nullable String get(String key) {
			return null;
		}

	}

}
