package io.ikigai.sample.webapp;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.ikigai.platform.Platform;
import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.telemetry.Aggregation;
import io.ikigai.platform.telemetry.Telemetry;
import io.ikigai.platform.telemetry.TelemetryBucket;
import io.ikigai.platform.telemetry.TelemetryQuery;

import org.springframework.stereotype.Component;

/**
 * How long sites took to answer, from the agents' telemetry. That is read once in five
 * seconds, however many consoles there are and however many watch them.
 */
@Component
class AnswerTimesReader {

	private static final Duration FRESH = Duration.ofSeconds(5);

	private final Cache cache;

	private final Telemetry telemetry;

	AnswerTimesReader(Platform platform) {
		this.cache = platform.cache("console");
		this.telemetry = platform.telemetry();
	}

	AnswerTimes lastHour() {
		return this.cache.get("answer-times", AnswerTimes.class, FRESH, this::read);
	}

	private AnswerTimes read() {
		TelemetryQuery lastHour = TelemetryQuery.all()
			.withType("site_checked")
			.withFrom(Instant.now().minus(Duration.ofHours(1)))
			.withTo(Instant.now().plus(Duration.ofHours(1)));
		List<TelemetryBucket> minutes = this.telemetry.series(lastHour, Duration.ofMinutes(1), "millis",
				Aggregation.AVG);
		long checks = minutes.stream().mapToLong(TelemetryBucket::count).sum();
		double millis = minutes.stream().mapToDouble((minute) -> minute.value() * minute.count()).sum();
		return new AnswerTimes(checks, Math.round(millis / Math.max(1, checks)));
	}

	/**
	 * How long sites took to answer in the last hour.
	 */
	record AnswerTimes(long checks, long averageMillis) {
	}

}
