package io.ikigai.platform.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.ikigai.platform.StoredHeaders;
import io.ikigai.platform.TimeRange;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads rows of {@code task_queue} and {@code mailbox}. Plain SQL may have written
 * anything: what cannot be read is a flaw of its row and fails no other.
 */
final class TaskRow {

	private static final String UNREADABLE = "\"unreadable\"";

	private static final String TOO_LARGE = " is too large to be read, or to be read with all the others: numbers with large exponents are stored with all "
			+ "their digits";

	private final JsonMapper json;

	TaskRow(JsonMapper json) {
		this.json = json;
	}

	TaskInfo info(ResultSet row) throws SQLException {
		StoredHeaders headers = headers(row.getString("headers"));
		String payload = row.getString("payload");
		return new TaskInfo(row.getObject("id", UUID.class), row.getString("queue_name"), shown(payload),
				row.getInt("priority"), row.getInt("attempt"), row.getInt("max_attempts"),
				TaskState.valueOf(row.getString("state")), required(row, "scheduled_for"), row.getString("claimed_by"),
				instant(row, "claimed_at"), instant(row, "lease_expires_at"), instant(row, "completed_at"),
				instant(row, "failed_at"), error(row.getString("error"), flaw(payload, headers)), result(row),
				headers.headers(), required(row, "created_at"));
	}

	Shown shownTask(ResultSet row) throws SQLException {
		return new Shown(info(row),
				Arrays.asList(row.getString("payload"), row.getString("headers"), row.getString("result")));
	}

	/**
	 * A task to show.
	 *
	 * @param info the task
	 * @param texts its JSON; empty what is too large to be read
	 */
	record Shown(TaskInfo info, List<@Nullable String> texts) {
	}

	private static @Nullable String result(ResultSet row) throws SQLException {
		String result = row.getString("result");
		return (result != null) ? shown(result) : null;
	}

	/**
	 * Reads headers.
	 * @param text their JSON; empty if it is too large to be read
	 */
	StoredHeaders headers(@Nullable String text) {
		return StoredHeaders.read(text, (headers) -> {
			if (headers.isEmpty()) {
				throw new IllegalArgumentException("their text" + TOO_LARGE);
			}
			return this.json.readValue(headers, Object.class);
		});
	}

	/**
	 * Returns why a row cannot be read.
	 * @param payload the text of its payload; empty if it is too large to be read
	 * @param headers its headers
	 * @return the reason, or {@code null} if it can be read
	 */
	static @Nullable String flaw(@Nullable String payload, StoredHeaders headers) {
		String flaw = headers.flaw();
		if (payload == null || payload.isEmpty()) {
			String own = (payload == null) ? "Unreadable payload: it is null"
					: "Unreadable payload: its text" + TOO_LARGE;
			return (flaw != null) ? own + ". " + flaw : own;
		}
		return flaw;
	}

	/**
	 * Returns the payload to show.
	 */
	static String shown(@Nullable String payload) {
		return (payload == null || payload.isEmpty()) ? UNREADABLE : payload;
	}

	/**
	 * Returns the error to show.
	 * @param stored the error that is stored, if there is one
	 * @param flaw why the row cannot be read, if it cannot
	 */
	static @Nullable String error(@Nullable String stored, @Nullable String flaw) {
		if (stored != null && flaw != null && stored.contains(flaw)) {
			return stored;
		}
		String both = Stream.of(stored, flaw).filter(Objects::nonNull).collect(Collectors.joining("\n"));
		return both.isEmpty() ? null : both;
	}

	// Infinity is a time for SQL: the nearest that can be shown and calculated with.
	static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? TimeRange.nearest(time.toInstant()) : null;
	}

	// Plain SQL may have written null; such a task is as old as can be.
	static Instant required(ResultSet row, String column) throws SQLException {
		return required(row, row.findColumn(column));
	}

	static Instant required(ResultSet row, int column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? TimeRange.nearest(time.toInstant()) : Instant.EPOCH;
	}

	/**
	 * Returns a lower bound for what {@link #required} read: the earliest time stands for
	 * all before it too.
	 */
	static OffsetDateTime from(Instant time) {
		return time.isAfter(TimeRange.EARLIEST) ? TimeRange.nearest(time).atOffset(ZoneOffset.UTC) : OffsetDateTime.MIN;
	}

	/**
	 * Returns an upper bound for what {@link #required} read: the latest time stands for
	 * all after it too.
	 */
	static OffsetDateTime upTo(Instant time) {
		return time.isBefore(TimeRange.LATEST) ? TimeRange.nearest(time).atOffset(ZoneOffset.UTC) : OffsetDateTime.MAX;
	}

}
