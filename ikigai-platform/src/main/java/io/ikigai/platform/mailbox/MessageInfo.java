package io.ikigai.platform.mailbox;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.TimeRange;
import org.jspecify.annotations.Nullable;

/**
 * A message as it stands, for a reader that does not receive it. Of a message that cannot
 * be read, the error tells why; headers that cannot be read are empty, a payload that
 * cannot is {@code "unreadable"}.
 *
 * @param id its id
 * @param mailbox the mailbox's name
 * @param sender who sent it
 * @param json the payload; empty where the backend keeps none of what was read
 * @param headers the headers
 * @param replyTo the mailbox that wants a reply, if one does
 * @param correlationId what a reply bears, if one is wanted
 * @param attempt how often it was handed out
 * @param createdAt when it was sent
 * @param readAt when it was acknowledged or given up; {@code null} while it is unread
 * @param readBy who did that
 * @param error why the last attempt failed, or why it was given up
 */
public record MessageInfo(UUID id, String mailbox, String sender, String json, Map<String, String> headers,
		@Nullable String replyTo, @Nullable String correlationId, int attempt, Instant createdAt,
		@Nullable Instant readAt, @Nullable String readBy, @Nullable String error) {

	/**
	 * Copies the headers, and takes times without end for the nearest ones in range.
	 * @param id its id
	 * @param mailbox the mailbox's name
	 * @param sender who sent it
	 * @param json the payload; empty where the backend keeps none of what was read
	 * @param headers the headers
	 * @param replyTo the mailbox that wants a reply, if one does
	 * @param correlationId what a reply bears, if one is wanted
	 * @param attempt how often it was handed out
	 * @param createdAt when it was sent
	 * @param readAt when it was acknowledged or given up; {@code null} while it is unread
	 * @param readBy who did that
	 * @param error why the last attempt failed, or why it was given up
	 */
	public MessageInfo {
		headers = Map.copyOf(headers);
		createdAt = TimeRange.nearest(createdAt);
		readAt = (readAt != null) ? TimeRange.nearest(readAt) : null;
	}

}
