package io.ikigai.platform.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.mailbox.NewMessage;
import io.ikigai.platform.outbox.OutboxMessage;
import io.ikigai.platform.queue.NewTask;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskOutcome;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is written to the outbox, as JSON. Read by other processes too, so that no
 * application's own mapper is used.
 */
final class OutboxBody {

	private static final JsonMapper mapper = JsonMapper.builder().build();

	private OutboxBody() {
	}

	static String of(NewTask task) {
		TaskOptions options = task.options();
		return mapper.writeValueAsString(new Task(task.json(), options.priority(), options.scheduledFor(),
				millis(options.delay()), options.maxAttempts(), options.uniqueKey(), options.headers()));
	}

	static NewTask task(OutboxMessage message) {
		Task task = mapper.readValue(readable(message), Task.class);
		requireJson(task.json);
		TaskOptions options = TaskOptions.of().withPriority(task.priority);
		if (task.scheduledFor != null) {
			options = options.withScheduledFor(task.scheduledFor);
		}
		if (task.delayMillis != null) {
			options = options.withDelay(Duration.ofMillis(Math.max(0, task.delayMillis - message.age().toMillis())));
		}
		if (task.maxAttempts != null) {
			options = options.withMaxAttempts(task.maxAttempts);
		}
		if (task.uniqueKey != null) {
			options = options.withUniqueKey(task.uniqueKey);
		}
		for (Map.Entry<String, String> header : headers(task.headers).entrySet()) {
			options = options.withHeader(header.getKey(), header.getValue());
		}
		return new NewTask(message.id(), task.json, options);
	}

	static String of(NewMessage message) {
		MessageOptions options = message.options();
		return mapper.writeValueAsString(new Mail(message.sender(), message.json(), options.headers(),
				options.replyTo(), options.correlationId()));
	}

	static NewMessage message(OutboxMessage message) {
		Mail mail = mapper.readValue(readable(message), Mail.class);
		requireJson(mail.json);
		MessageOptions options = MessageOptions.of();
		for (Map.Entry<String, String> header : headers(mail.headers).entrySet()) {
			options = options.withHeader(header.getKey(), header.getValue());
		}
		if (mail.replyTo != null) {
			options = options.withReplyTo(mail.replyTo);
		}
		if (mail.correlationId != null) {
			options = options.withCorrelationId(mail.correlationId);
		}
		return new NewMessage(message.id(), Objects.requireNonNullElse(mail.sender, ""), mail.json, options);
	}

	static String of(CacheChange change) {
		return mapper.writeValueAsString(change);
	}

	static CacheChange cacheChange(OutboxMessage message) {
		CacheChange change = mapper.readValue(readable(message), CacheChange.class);
		if (change.json != null) {
			requireJson(change.json);
		}
		return change;
	}

	static String publication(OutboxMessage message) {
		requireJson(readable(message));
		return message.body();
	}

	private static String readable(OutboxMessage message) {
		if (message.body().isEmpty()) {
			throw new IllegalArgumentException("it is empty, or too large");
		}
		return message.body();
	}

	// A backend may accept what its receivers cannot read
	private static void requireJson(@Nullable String json) {
		if (json == null) {
			throw new IllegalArgumentException("it has no payload");
		}
		int flaw = UnstorableText.findInJson(json);
		if (flaw >= 0) {
			throw new IllegalArgumentException("the payload holds " + UnstorableText.WHAT + " at position " + flaw);
		}
		try {
			StorableJson.growth(mapper, json);
		}
		catch (StorableJson.Flaw ex) {
			throw new IllegalArgumentException("the payload: " + ex.getMessage(), ex);
		}
	}

	private static Map<String, String> headers(@Nullable Map<String, String> headers) {
		return (headers != null) ? headers : Map.of();
	}

	static String of(TaskOutcome outcome) {
		Outcome written;
		if (outcome instanceof TaskOutcome.Completed completed) {
			written = new Outcome(Kind.COMPLETED, completed.result(), null, null);
		}
		else if (outcome instanceof TaskOutcome.Failed failed) {
			written = new Outcome(Kind.FAILED, null, failed.error(), null);
		}
		else if (outcome instanceof TaskOutcome.Retried retried) {
			written = new Outcome(Kind.RETRIED, null, retried.error(), millis(retried.delay()));
		}
		else if (outcome instanceof TaskOutcome.Moved) {
			throw new IllegalStateException("A task is not moved to another backend within a transaction");
		}
		else {
			written = new Outcome(Kind.RELEASED, null, null, null);
		}
		return mapper.writeValueAsString(written);
	}

	static TaskOutcome outcome(String body) {
		Outcome outcome = mapper.readValue(body, Outcome.class);
		String error = (outcome.error != null) ? outcome.error : "";
		return switch (outcome.kind) {
			case COMPLETED -> new TaskOutcome.Completed(outcome.result);
			case FAILED -> new TaskOutcome.Failed(error);
			case RETRIED -> new TaskOutcome.Retried(
					Duration.ofMillis((outcome.delayMillis != null) ? outcome.delayMillis : 0), error);
			case RELEASED -> new TaskOutcome.Released();
		};
	}

	static String ofFinish(@Nullable String error) {
		return mapper
			.writeValueAsString(new Outcome((error != null) ? Kind.FAILED : Kind.COMPLETED, null, error, null));
	}

	static @Nullable String finishError(String body) {
		return mapper.readValue(body, Outcome.class).error;
	}

	private static @Nullable Long millis(@Nullable Duration duration) {
		return (duration != null) ? duration.toMillis() : null;
	}

	/**
	 * A change of the cache.
	 *
	 * @param key the key, or {@code null} for all of the region
	 * @param json the value, or {@code null} if it is deleted
	 * @param ttlMillis how long it is kept, if not until it is replaced
	 */
	record CacheChange(@Nullable String key, @Nullable String json, @Nullable Long ttlMillis) {
	}

	private record Task(String json, int priority, @Nullable Instant scheduledFor, @Nullable Long delayMillis,
			@Nullable Integer maxAttempts, @Nullable String uniqueKey, Map<String, String> headers) {
	}

	private record Mail(String sender, String json, Map<String, String> headers, @Nullable String replyTo,
			@Nullable String correlationId) {
	}

	private enum Kind {

		COMPLETED, FAILED, RETRIED, RELEASED

	}

	private record Outcome(Kind kind, @Nullable String result, @Nullable String error, @Nullable Long delayMillis) {
	}

}
