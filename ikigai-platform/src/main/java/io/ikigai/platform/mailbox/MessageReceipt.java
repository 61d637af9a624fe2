package io.ikigai.platform.mailbox;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.TimeRange;
import org.jspecify.annotations.Nullable;

/**
 * A message as a {@link MailboxStore} hands it out: the message and what fences its
 * acknowledgement.
 *
 * @param id the message's id
 * @param token what this hand-out, and no other of the same message, is known by
 * @param mailbox the mailbox's name
 * @param sender who sent it
 * @param json the payload
 * @param attempt from 1, this hand-out included
 * @param failures the earlier attempts that count against it
 * @param headers the headers
 * @param replyTo the mailbox that a reply goes to, if the sender wants one
 * @param correlationId what it belongs to, if anything
 * @param createdAt when it was sent
 * @param flaw why the message cannot be read, if it cannot: it is given up with this
 * reason and handed to no handler
 */
public record MessageReceipt(UUID id, UUID token, String mailbox, String sender, String json, int attempt, int failures,
		Map<String, String> headers, @Nullable String replyTo, @Nullable String correlationId, Instant createdAt,
		@Nullable String flaw) {

	/**
	 * Copies the headers, and takes a time without end for the nearest one in range.
	 * @param id the message's id
	 * @param token what this hand-out, and no other of the same message, is known by
	 * @param mailbox the mailbox's name
	 * @param sender who sent it
	 * @param json the payload
	 * @param attempt from 1, this hand-out included
	 * @param failures the earlier attempts that count against it
	 * @param headers the headers
	 * @param replyTo the mailbox that a reply goes to, if the sender wants one
	 * @param correlationId what it belongs to, if anything
	 * @param createdAt when it was sent
	 * @param flaw why the message cannot be read, if it cannot
	 */
	public MessageReceipt {
		headers = Map.copyOf(headers);
		createdAt = TimeRange.nearest(createdAt);
	}

}
