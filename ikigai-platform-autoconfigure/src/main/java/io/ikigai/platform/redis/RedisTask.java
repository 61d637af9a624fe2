package io.ikigai.platform.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskProgress;
import io.ikigai.platform.queue.TaskState;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The fields of a task's hash. Times are microseconds since 1970, that of the lease
 * milliseconds.
 *
 * @param fields the fields by name
 */
record RedisTask(Map<String, String> fields) {

	private static final JsonMapper mapper = JsonMapper.builder().build();

	private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {
	};

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
		return Integer.parseInt(this.fields.getOrDefault(field, "0"));
	}

	private @Nullable Instant time(String field) {
		String value = this.fields.get(field);
		return (value != null) ? instant(value) : null;
	}

	private static Instant instant(String micros) {
		long value = Long.parseLong(micros);
		return Instant.ofEpochSecond(Math.floorDiv(value, 1_000_000L), Math.floorMod(value, 1_000_000L) * 1000L);
	}

	private @Nullable Integer maxAttempts() {
		return text("max").isEmpty() ? null : Integer.valueOf(text("max"));
	}

	private Map<String, String> headers() {
		return mapper.readValue(text("headers"), HEADERS);
	}

	TaskClaim claim(String queue, UUID token, String agent, Duration lease) {
		return new TaskClaim(UUID.fromString(text("id")), token, queue, text("json"), number("priority"),
				number("attempt"), number("deaths"), maxAttempts(), this.fields.get("key"), headers(),
				instant(text("created")), instant(text("scheduled")), instant(text("claimed_at")), agent, lease, false,
				null);
	}

	TaskInfo info(String queue, UUID id, int defaultAttempts) {
		Integer own = maxAttempts();
		String lease = this.fields.get("lease");
		return new TaskInfo(id, queue, text("json"), number("priority"), number("attempt"),
				(own != null) ? own : defaultAttempts, TaskState.valueOf(text("state")), instant(text("scheduled")),
				this.fields.get("claimed_by"), time("claimed_at"),
				(lease != null) ? Instant.ofEpochMilli(Long.parseLong(lease)) : null, time("completed"), time("failed"),
				this.fields.get("error"), this.fields.get("result"), headers(), instant(text("created")));
	}

	UUID id() {
		return UUID.fromString(text("id"));
	}

	Optional<TaskProgress> progress() {
		Instant reported = time("progress_at");
		return (reported != null)
				? Optional.of(new TaskProgress(Double.parseDouble(text("progress")), text("note"), reported))
				: Optional.empty();
	}

}
