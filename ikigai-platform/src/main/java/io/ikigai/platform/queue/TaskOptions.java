package io.ikigai.platform.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import io.ikigai.platform.TimeRange;
import org.jspecify.annotations.Nullable;

/**
 * How a task is to be handled. Immutable: each {@code with} method returns a copy.
 */
public final class TaskOptions {

	/** The longest header name or value, in characters. */
	private static final int MAX_HEADER_LENGTH = 4096;

	private static final TaskOptions NONE = new TaskOptions(0, null, null, null, null, Map.of());

	private final int priority;

	private final @Nullable Instant scheduledFor;

	private final @Nullable Duration delay;

	private final @Nullable Integer maxAttempts;

	private final @Nullable String uniqueKey;

	private final Map<String, String> headers;

	private TaskOptions(int priority, @Nullable Instant scheduledFor, @Nullable Duration delay,
			@Nullable Integer maxAttempts, @Nullable String uniqueKey, Map<String, String> headers) {
		this.priority = priority;
		this.scheduledFor = scheduledFor;
		this.delay = delay;
		this.maxAttempts = maxAttempts;
		this.uniqueKey = uniqueKey;
		this.headers = headers;
	}

	/**
	 * Returns the defaults: priority 0, at once, as many attempts as the listener says.
	 * @return the defaults
	 */
	public static TaskOptions of() {
		return NONE;
	}

	/**
	 * Sets the priority; tasks of a higher one go first.
	 * @param priority from 0 to 9
	 * @return a copy
	 * @throws IllegalArgumentException if it is out of range
	 */
	public TaskOptions withPriority(int priority) {
		if (priority < 0 || priority > 9) {
			throw new IllegalArgumentException("priority must be from 0 to 9, not " + priority);
		}
		return new TaskOptions(priority, this.scheduledFor, this.delay, this.maxAttempts, this.uniqueKey, this.headers);
	}

	/**
	 * Sets the time before which the task is not claimed, and takes back a delay.
	 * @param time the time, compared with the backend's clock
	 * @return a copy
	 * @throws IllegalArgumentException if it is outside of {@link TimeRange}
	 */
	public TaskOptions withScheduledFor(Instant time) {
		TimeRange.check("scheduledFor", time);
		return new TaskOptions(this.priority, time, null, this.maxAttempts, this.uniqueKey, this.headers);
	}

	/**
	 * Sets how long after its enqueueing the task is not claimed, measured by the
	 * backend's clock, and takes back a scheduled time.
	 * @param delay from zero to 365,250 days
	 * @return a copy
	 * @throws IllegalArgumentException if it is negative or longer
	 */
	public TaskOptions withDelay(Duration delay) {
		TimeRange.checkDelay("delay", delay);
		return new TaskOptions(this.priority, null, delay, this.maxAttempts, this.uniqueKey, this.headers);
	}

	/**
	 * Sets after how many attempts the task is given up, whatever its listener says.
	 * @param maxAttempts at least 1
	 * @return a copy
	 * @throws IllegalArgumentException if it is less
	 */
	public TaskOptions withMaxAttempts(int maxAttempts) {
		if (maxAttempts < 1) {
			throw new IllegalArgumentException("maxAttempts must be at least 1, not " + maxAttempts);
		}
		return new TaskOptions(this.priority, this.scheduledFor, this.delay, maxAttempts, this.uniqueKey, this.headers);
	}

	/**
	 * Sets a key of which the queue holds at most one unfinished task.
	 * @param uniqueKey 1 to 255 characters
	 * @return a copy
	 * @throws IllegalArgumentException if it is empty or too long
	 */
	public TaskOptions withUniqueKey(String uniqueKey) {
		if (uniqueKey.isEmpty() || uniqueKey.length() > 255) {
			throw new IllegalArgumentException(
					"uniqueKey must have 1 to 255 characters, this one has " + uniqueKey.length());
		}
		return new TaskOptions(this.priority, this.scheduledFor, this.delay, this.maxAttempts, uniqueKey, this.headers);
	}

	/**
	 * Adds a header, which travels with the task beside its payload.
	 * @param name the header's name
	 * @param value the header's value
	 * @return a copy
	 * @throws IllegalArgumentException if the name is empty or one of both is longer than
	 * 4,096 characters
	 */
	public TaskOptions withHeader(String name, String value) {
		if (name.isEmpty() || name.length() > MAX_HEADER_LENGTH || value.length() > MAX_HEADER_LENGTH) {
			throw new IllegalArgumentException("A header's name has 1 to 4096 characters and its value at most as many;"
					+ " these have " + name.length() + " and " + value.length());
		}
		Map<String, String> copy = new LinkedHashMap<>(this.headers);
		copy.put(name, value);
		return new TaskOptions(this.priority, this.scheduledFor, this.delay, this.maxAttempts, this.uniqueKey,
				Map.copyOf(copy));
	}

	/**
	 * Returns the priority.
	 * @return from 0 to 9
	 */
	public int priority() {
		return this.priority;
	}

	/**
	 * Returns the time before which the task is not claimed.
	 * @return the time, if one is set
	 */
	public @Nullable Instant scheduledFor() {
		return this.scheduledFor;
	}

	/**
	 * Returns how long the task is not claimed.
	 * @return the delay, if one is set
	 */
	public @Nullable Duration delay() {
		return this.delay;
	}

	/**
	 * Returns after how many attempts the task is given up.
	 * @return the number, if one is set
	 */
	public @Nullable Integer maxAttempts() {
		return this.maxAttempts;
	}

	/**
	 * Returns the unique key.
	 * @return the key, if one is set
	 */
	public @Nullable String uniqueKey() {
		return this.uniqueKey;
	}

	/**
	 * Returns the headers.
	 * @return the headers, unmodifiable
	 */
	public Map<String, String> headers() {
		return this.headers;
	}

}
