package io.ikigai.platform.mailbox;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.TypeRef;
import org.jspecify.annotations.Nullable;

/**
 * A message that was received and waits for its acknowledgement. While it is waiting and
 * the program has it, the lease on the mailbox is extended. Meant for one worker at a
 * time.
 */
public interface MailboxMessage {

	/**
	 * Returns the message's id.
	 * @return the id
	 */
	UUID id();

	/**
	 * Returns the mailbox's name.
	 * @return the name
	 */
	String mailbox();

	/**
	 * Returns who sent it.
	 * @return the sending agent's name
	 */
	String sender();

	/**
	 * Returns when it was sent.
	 * @return the time by the backend's clock
	 */
	Instant createdAt();

	/**
	 * Returns how often the message was handed out, this time included.
	 * @return from 1
	 */
	int attempt();

	/**
	 * Returns the headers.
	 * @return the headers, unmodifiable
	 */
	Map<String, String> headers();

	/**
	 * Returns the mailbox that a reply goes to.
	 * @return the mailbox's name, if the sender wants a reply
	 */
	@Nullable String replyTo();

	/**
	 * Returns what the message belongs to.
	 * @return the correlation id, if it has one
	 */
	@Nullable String correlationId();

	/**
	 * Returns the payload.
	 * @return JSON
	 */
	String json();

	/**
	 * Reads the payload.
	 * @param type what to read it as
	 * @param <T> what to read it as
	 * @return the payload
	 * @throws io.ikigai.platform.PayloadException if it does not fit
	 */
	<T> T payload(Class<T> type);

	/**
	 * Reads the payload.
	 * @param type what to read it as
	 * @param <T> what to read it as
	 * @return the payload
	 * @throws io.ikigai.platform.PayloadException if it does not fit
	 */
	<T> T payload(TypeRef<T> type);

	/**
	 * Acknowledges the message: {@code read_at} and {@code read_by} are set. Joins the
	 * running transaction.
	 * @throws StaleMessageException if the message is no longer this receiver's
	 */
	void acknowledge();

	/**
	 * Gives the message back: it comes again, and so does all that was handed out after
	 * it. When its attempts are used up it is given up instead.
	 * @throws StaleMessageException if the message is no longer this receiver's
	 */
	void release();

	/**
	 * Gives the message up: {@code read_at}, {@code read_by} and the error are set, and
	 * the next one follows.
	 * @param error why
	 * @throws StaleMessageException if the message is no longer this receiver's
	 */
	void fail(String error);

	/**
	 * Replies to the sender. Joins the running transaction.
	 * @param payload the reply
	 * @throws IllegalStateException if the message names no mailbox for replies
	 */
	void reply(Object payload);

}
