package io.ikigai.platform.telemetry;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Which events. Immutable: each {@code with} method returns a copy; conditions hold
 * together.
 */
public final class TelemetryQuery {

	private static final TelemetryQuery ALL = new TelemetryQuery(null, null, null, null, null, 100);

	private final @Nullable String agent;

	private final @Nullable String type;

	private final @Nullable Instant from;

	private final @Nullable Instant to;

	private final @Nullable String text;

	private final int limit;

	private TelemetryQuery(@Nullable String agent, @Nullable String type, @Nullable Instant from, @Nullable Instant to,
			@Nullable String text, int limit) {
		this.agent = agent;
		this.type = type;
		this.from = from;
		this.to = to;
		this.text = text;
		this.limit = limit;
	}

	/**
	 * Returns the query for all events, the newest 100.
	 * @return the query
	 */
	public static TelemetryQuery all() {
		return ALL;
	}

	/**
	 * Only events of an agent.
	 * @param agent the agent's name
	 * @return a copy
	 */
	public TelemetryQuery withAgent(String agent) {
		return new TelemetryQuery(agent, this.type, this.from, this.to, this.text, this.limit);
	}

	/**
	 * Only events of a type.
	 * @param type the type
	 * @return a copy
	 */
	public TelemetryQuery withType(String type) {
		return new TelemetryQuery(this.agent, type, this.from, this.to, this.text, this.limit);
	}

	/**
	 * Only events from a time on.
	 * @param from the time, inclusive
	 * @return a copy
	 */
	public TelemetryQuery withFrom(Instant from) {
		return new TelemetryQuery(this.agent, this.type, from, this.to, this.text, this.limit);
	}

	/**
	 * Only events before a time.
	 * @param to the time, exclusive
	 * @return a copy
	 */
	public TelemetryQuery withTo(Instant to) {
		return new TelemetryQuery(this.agent, this.type, this.from, to, this.text, this.limit);
	}

	/**
	 * Only events with a text in a value or field name of their payload, in upper or
	 * lower case.
	 * @param text the text
	 * @return a copy
	 */
	public TelemetryQuery withText(String text) {
		return new TelemetryQuery(this.agent, this.type, this.from, this.to, text, this.limit);
	}

	/**
	 * Sets how many events at most; time series do not count it.
	 * @param limit from 1 to 10,000; by default 100
	 * @return a copy
	 */
	public TelemetryQuery withLimit(int limit) {
		if (limit < 1 || limit > 10_000) {
			throw new IllegalArgumentException("limit must be from 1 to 10000, not " + limit);
		}
		return new TelemetryQuery(this.agent, this.type, this.from, this.to, this.text, limit);
	}

	/**
	 * Returns the agent.
	 * @return the agent's name, if one is set
	 */
	public @Nullable String agent() {
		return this.agent;
	}

	/**
	 * Returns the type.
	 * @return the type, if one is set
	 */
	public @Nullable String type() {
		return this.type;
	}

	/**
	 * Returns the time from which on.
	 * @return the time, if one is set
	 */
	public @Nullable Instant from() {
		return this.from;
	}

	/**
	 * Returns the time before which.
	 * @return the time, if one is set
	 */
	public @Nullable Instant to() {
		return this.to;
	}

	/**
	 * Returns the text.
	 * @return the text, if one is set
	 */
	public @Nullable String text() {
		return this.text;
	}

	/**
	 * Returns how many events at most.
	 * @return the limit
	 */
	public int limit() {
		return this.limit;
	}

}
