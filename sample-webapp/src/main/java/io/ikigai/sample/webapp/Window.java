package io.ikigai.sample.webapp;

import java.time.Duration;
import java.time.Instant;

import io.ikigai.platform.telemetry.TelemetryQuery;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of time up to now, in steps as a chart shows them.
 */
enum Window {

	QUARTER("15m", "15 minutes", "each 15 s", Duration.ofSeconds(15), 60),

	HOUR("1h", "1 hour", "each minute", Duration.ofMinutes(1), 60),

	DAY("24h", "24 hours", "each 30 min", Duration.ofMinutes(30), 48);

	private final String key;

	private final String words;

	private final String stepWords;

	private final Duration step;

	private final int steps;

	Window(String key, String words, String stepWords, Duration step, int steps) {
		this.key = key;
		this.words = words;
		this.stepWords = stepWords;
		this.step = step;
		this.steps = steps;
	}

	static Window of(@Nullable String key) {
		for (Window window : values()) {
			if (window.key.equals(key)) {
				return window;
			}
		}
		return QUARTER;
	}

	public String key() {
		return this.key;
	}

	public String words() {
		return this.words;
	}

	String stepWords() {
		return this.stepWords;
	}

	Duration step() {
		return this.step;
	}

	int steps() {
		return this.steps;
	}

	/**
	 * Asks for this stretch of time only: others may have written events with any times.
	 */
	TelemetryQuery within(TelemetryQuery query, Instant now) {
		return query.withFrom(firstStep(now)).withTo(now.plus(this.step));
	}

	Instant firstStep(Instant now) {
		long step = this.step.toSeconds();
		long current = Math.floorDiv(now.getEpochSecond(), step);
		return Instant.ofEpochSecond((current - this.steps + 1) * step);
	}

}
