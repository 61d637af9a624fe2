package io.ikigai.platform.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import io.ikigai.platform.StoredHeaders;
import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskProgress;
import io.ikigai.platform.queue.TaskState;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The fields of a task's hash. Times are microseconds since 1970, that of the lease
 * milliseconds.
 *
 * @param fields the fields by name
 */
record RedisTask(Map<String, String> fields) {

	private static final Log logger = LogFactory.getLog(RedisTask.class);

	private static final JsonMapper mapper = JsonMapper.builder().build();

	private static final int MOST_COUNTED = Integer.MAX_VALUE - 1;

	private static final List<String> NUMBERS = List.of("priority", "attempt", "deaths", "max", "created", "scheduled",
			"claimed_at", "lease", "completed", "failed");

	/**
	 * Reads what HGETALL answers.
	 */
	static RedisTask of(Object answer) {
		List<?> list = (List<?>) answer;
		Map<String, String> fields = new HashMap<>();
		for (int i = 0; i + 1 < list.size(); i += 2) {
			fields.put(String.valueOf(list.get(i)), String.valueOf(list.get(i + 1)));
		}
		return new RedisTask(fields);
	}

	static String headers(Map<String, String> headers) {
		return mapper.writeValueAsString(headers);
	}

	static String micros(Instant time) {
		return String
			.valueOf(Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1000));
	}

	private String text(String field) {
		return this.fields.getOrDefault(field, "");
	}

	private int number(String field) {
		return (int) Math.max(0, Math.min(MOST_COUNTED, longNumber(field)));
	}

	private long longNumber(String field) {
		String value = this.fields.get(field);
		return (value != null && isNumber(value)) ? Long.parseLong(value) : 0;
	}

	private static boolean isNumber(String text) {
		try {
			Long.parseLong(text);
			return true;
		}
		catch (NumberFormatException ex) {
			return false;
		}
	}

	private @Nullable Instant time(String field) {
		return this.fields.containsKey(field) ? instant(field) : null;
	}

	private Instant instant(String field) {
		long value = longNumber(field);
		return Instant.ofEpochSecond(Math.floorDiv(value, 1_000_000L), Math.floorMod(value, 1_000_000L) * 1000L);
	}

	private @Nullable Integer maxAttempts() {
		return text("max").isEmpty() ? null : Math.max(1, number("max"));
	}

	private StoredHeaders headers() {
		return StoredHeaders.read(this.fields.get("headers"), (text) -> mapper.readValue(text, Object.class));
	}

	/**
	 * Returns why the task cannot be read, if it cannot: another program may have written
	 * to its hash.
	 */
	private @Nullable String flaw() {
		for (String field : NUMBERS) {
			String value = this.fields.get(field);
			if (value != null && !value.isEmpty() && !isNumber(value)) {
				return "Unreadable field '" + field + "': not a number but '" + value + "'";
			}
		}
		return this.fields.containsKey("json") ? headers().flaw() : "Unreadable payload: it is missing";
	}

	TaskClaim claim(String queue, UUID token, String agent, Duration lease) {
		return new TaskClaim(id(), token, queue, text("json"), number("priority"), number("attempt"), number("deaths"),
				maxAttempts(), this.fields.get("key"), headers().headers(), instant("created"), instant("scheduled"),
				instant("claimed_at"), agent, lease, false, null, flaw());
	}

	TaskInfo info(String queue, UUID id, int defaultAttempts) {
		Integer own = maxAttempts();
		String flaw = flaw();
		String error = this.fields.get("error");
		if (flaw != null && (error == null || !error.contains(flaw))) {
			error = (error != null) ? error + "\n" + flaw : flaw;
		}
		return new TaskInfo(id, queue, this.fields.getOrDefault("json", "\"unreadable\""), number("priority"),
				number("attempt"), (own != null) ? own : defaultAttempts, state(), instant("scheduled"),
				this.fields.get("claimed_by"), time("claimed_at"),
				this.fields.containsKey("lease") ? Instant.ofEpochMilli(longNumber("lease")) : null, time("completed"),
				time("failed"), error, this.fields.get("result"), headers().headers(), instant("created"));
	}

	private TaskState state() {
		try {
			return TaskState.valueOf(text("state"));
		}
		catch (IllegalArgumentException ex) {
			return TaskState.FAILED;
		}
	}

	/**
	 * Returns whether it has an id: what has none cannot be settled, or shown.
	 */
	boolean identified() {
		try {
			id();
			return true;
		}
		catch (IllegalArgumentException ex) {
			logger.warn("Passes over an entry that has no id: '" + text("id") + "'");
			return false;
		}
	}

	UUID id() {
		return UUID.fromString(text("id"));
	}

	Optional<TaskProgress> progress() {
		Instant reported = time("progress_at");
		try {
			return (reported != null)
					? Optional.of(new TaskProgress(Double.parseDouble(text("progress")), text("note"), reported))
					: Optional.empty();
		}
		catch (NumberFormatException ex) {
			return Optional.empty();
		}
	}

}
