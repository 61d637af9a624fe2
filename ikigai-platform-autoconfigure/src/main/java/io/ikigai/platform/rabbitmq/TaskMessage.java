package io.ikigai.platform.rabbitmq;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.ikigai.platform.StoredHeaders;
import io.ikigai.platform.TimeRange;
import io.ikigai.platform.UnsupportedByBackendException;
import io.ikigai.platform.queue.NewTask;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.WorkerDeaths;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A task as a message: its payload is the body, all else is in the properties. Times are
 * microseconds since 1970, of the clock of the process that enqueued it.
 *
 * @param id the task's id
 * @param queue the queue's name
 * @param ticket what this message is known by, if the task is tracked
 * @param body the payload
 * @param priority higher goes first
 * @param attempt how often it was claimed
 * @param deaths how many of these claims ended with their worker's death
 * @param maxAttempts the task's own limit, if it has one
 * @param headers the task's headers
 * @param created when it was enqueued
 * @param scheduled when it is due
 * @param left how much longer it has to wait than the ladder of delays is long, in
 * milliseconds
 * @param key its unique key, if it has one
 * @param error why it failed last, if it did
 * @param unreadable the text of its headers if it cannot be read as such, to be kept
 */
record TaskMessage(UUID id, String queue, @Nullable UUID ticket, byte[] body, int priority, int attempt, int deaths,
		@Nullable Integer maxAttempts, Map<String, String> headers, long created, long scheduled, long left,
		@Nullable String key, @Nullable String error, @Nullable String unreadable) {

	private static final int MOST_HEADER_BYTES = 64 * 1024;

	private static final int MOST_ERROR_CHARACTERS = 4000;

	private static final JsonMapper mapper = JsonMapper.builder().build();

	private static final int MOST_COUNTED = 1_000_000_000;

	static TaskMessage of(String queue, NewTask task, boolean tracked) {
		TaskOptions options = task.options();
		long now = micros(Instant.now());
		long scheduled = now;
		if (options.scheduledFor() != null) {
			scheduled = micros(options.scheduledFor());
		}
		else if (options.delay() != null) {
			scheduled = now + millis(options.delay()) * 1000;
		}
		return new TaskMessage(task.id(), queue, tracked ? UUID.randomUUID() : null,
				task.json().getBytes(StandardCharsets.UTF_8), options.priority(), 0, 0, options.maxAttempts(),
				options.headers(), now, scheduled, 0, options.uniqueKey(), null, null);
	}

	/** In milliseconds, rounded up; what never ends does after 100,000 years. */
	static long millis(Duration duration) {
		Duration longest = Duration.ofDays(36_500_000);
		return (duration.compareTo(longest) > 0) ? longest.toMillis() : duration.plusNanos(999_999).toMillis();
	}

	static long micros(Instant time) {
		long second = Math.max(-4_000_000_000_000L, Math.min(4_000_000_000_000L, time.getEpochSecond()));
		return second * 1_000_000 + time.getNano() / 1000;
	}

	static Instant instant(long micros) {
		return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
	}

	/**
	 * Reads a message. Other programs may publish plain ones: JSON, and a message id.
	 */
	static TaskMessage read(String queue, BasicProperties properties, byte[] body) {
		Map<String, Object> headers = (properties.getHeaders() != null) ? properties.getHeaders() : Map.of();
		long published = micros((properties.getTimestamp() != null)
				? TimeRange.nearest(Instant.ofEpochMilli(properties.getTimestamp().getTime())) : Instant.now());
		UUID id = uuid(properties.getMessageId());
		int max = count(headers, "ikigai-max-attempts");
		String own = text(headers, "ikigai-headers");
		StoredHeaders read = headers(own);
		return new TaskMessage((id != null) ? id : UUID.randomUUID(), queue, uuid(headers.get("ikigai-ticket")), body,
				(properties.getPriority() != null) ? properties.getPriority() : 0, count(headers, "ikigai-attempt"),
				count(headers, "ikigai-deaths"), (max > 0) ? max : null, read.headers(),
				time(headers, "ikigai-created", published), time(headers, "ikigai-scheduled", published),
				Math.max(0, Math.min(TimeRange.LONGEST.toMillis(), number(headers, "ikigai-left", 0))),
				text(headers, "ikigai-key"), text(headers, "ikigai-error"), (read.flaw() != null) ? own : null);
	}

	/**
	 * Returns why the task cannot be read, if it cannot.
	 */
	@Nullable String flaw() {
		return (this.unreadable != null) ? headers(this.unreadable).flaw() : null;
	}

	private static StoredHeaders headers(@Nullable String json) {
		return StoredHeaders.read(json, (text) -> mapper.readValue(text, Object.class));
	}

	private static long number(Map<String, Object> headers, String name, long otherwise) {
		return (headers.get(name) instanceof Number number) ? number.longValue() : otherwise;
	}

	// Other programs may write any numbers
	private static int count(Map<String, Object> headers, String name) {
		return (int) Math.max(0, Math.min(MOST_COUNTED, number(headers, name, 0)));
	}

	private static long time(Map<String, Object> headers, String name, long otherwise) {
		return micros(TimeRange.nearest(instant(number(headers, name, otherwise))));
	}

	private static @Nullable String text(Map<String, Object> headers, String name) {
		return headers.containsKey(name) ? String.valueOf(headers.get(name)) : null;
	}

	private static @Nullable UUID uuid(@Nullable Object text) {
		try {
			return (text != null) ? UUID.fromString(text.toString()) : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	BasicProperties properties(@Nullable String expiration) {
		Map<String, Object> table = new HashMap<>();
		table.put("ikigai-queue", this.queue);
		table.put("ikigai-attempt", this.attempt);
		table.put("ikigai-deaths", this.deaths);
		table.put("ikigai-created", this.created);
		table.put("ikigai-scheduled", this.scheduled);
		if (this.ticket != null) {
			table.put("ikigai-ticket", this.ticket.toString());
		}
		if (this.maxAttempts != null) {
			table.put("ikigai-max-attempts", this.maxAttempts);
		}
		if (!this.headers.isEmpty()) {
			table.put("ikigai-headers", mapper.writeValueAsString(this.headers));
		}
		else if (this.unreadable != null) {
			table.put("ikigai-headers", this.unreadable);
		}
		if (this.left > 0) {
			table.put("ikigai-left", this.left);
		}
		if (this.key != null) {
			table.put("ikigai-key", this.key);
		}
		if (this.error != null) {
			table.put("ikigai-error", this.error);
		}
		return new BasicProperties.Builder().messageId(this.id.toString())
			.contentType("application/json")
			.deliveryMode(2)
			.priority(this.priority)
			.timestamp(new Date(this.created / 1000))
			.expiration(expiration)
			.headers(table)
			.build();
	}

	/**
	 * Refuses what does not fit into the properties of a message.
	 */
	static void check(TaskOptions options) {
		if (!options.headers().isEmpty() && mapper.writeValueAsBytes(options.headers()).length > MOST_HEADER_BYTES) {
			throw new UnsupportedByBackendException("A task whose headers have more than 64 KiB together", "rabbitmq",
					"Put it into the payload, or set ikigai.services.queues = postgres or redis.");
		}
	}

	boolean keyed() {
		return this.key != null;
	}

	boolean tracked() {
		return this.ticket != null;
	}

	private TaskMessage again(int attempts, int died, long due, @Nullable String why) {
		String shortened = (why != null && why.length() > MOST_ERROR_CHARACTERS)
				? why.substring(0, MOST_ERROR_CHARACTERS) : why;
		return new TaskMessage(this.id, this.queue, tracked() ? UUID.randomUUID() : null, this.body, this.priority,
				attempts, died, this.maxAttempts, this.headers, this.created, due, 0, this.key, shortened,
				this.unreadable);
	}

	/** The same, in another message. */
	TaskMessage again() {
		return again(this.attempt, this.deaths, this.scheduled, this.error);
	}

	TaskMessage retried(long delayMillis, String why) {
		return again(this.attempt + 1, this.deaths,
				(delayMillis > 0) ? micros(Instant.now()) + delayMillis * 1000 : this.scheduled, why);
	}

	TaskMessage died() {
		long pause = WorkerDeaths.pauseAfter(this.deaths + 1).toMillis();
		return again(this.attempt + 1, this.deaths + 1,
				(pause > 0) ? micros(Instant.now()) + pause * 1000 : this.scheduled,
				"The worker died or let its lease end " + (this.deaths + 1) + " times while it had this task");
	}

	TaskMessage failed(String why) {
		return again(this.attempt + 1, this.deaths, this.scheduled, why);
	}

	/** From the failed tasks back to the queue, where its key is somebody else's. */
	TaskMessage redriven() {
		return new TaskMessage(this.id, this.queue, null, this.body, this.priority, 0, 0, this.maxAttempts,
				this.headers, this.created, micros(Instant.now()), 0, null, null, this.unreadable);
	}

	TaskMessage withLeft(long millis) {
		return new TaskMessage(this.id, this.queue, this.ticket, this.body, this.priority, this.attempt, this.deaths,
				this.maxAttempts, this.headers, this.created, this.scheduled, millis, this.key, this.error,
				this.unreadable);
	}

}
