package io.ikigai.platform.mailbox;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import io.ikigai.platform.TypeRef;

/**
 * A mailbox: messages to one named receiver. One consumer at a time: the first receiver's
 * process holds the mailbox until all it received is acknowledged or released, or its
 * lease ends; meanwhile others get nothing. A send that committed before another was
 * called arrives first; within one transaction, in call order. What was not acknowledged
 * comes again before any later message. Safe for use by several threads.
 */
public interface Mailbox {

	/**
	 * Returns the mailbox's name.
	 * @return the name
	 */
	String name();

	/**
	 * Sends a message in this agent's name. Joins the running transaction.
	 * @param payload the payload
	 * @return the message's id
	 * @throws io.ikigai.platform.PayloadException if the payload cannot be taken
	 */
	UUID send(Object payload);

	/**
	 * Sends a message in this agent's name. Joins the running transaction.
	 * @param payload the payload
	 * @param options headers, where to reply, what it belongs to
	 * @return the message's id
	 * @throws io.ikigai.platform.PayloadException if the payload cannot be taken
	 */
	UUID send(Object payload, MessageOptions options);

	/**
	 * Receives the next message, if there is one now and no other process holds the
	 * mailbox.
	 * @return the message
	 */
	Optional<MailboxMessage> receive();

	/**
	 * Receives the next message, waiting for one if need be.
	 * @param wait how long to wait at most
	 * @return the message
	 */
	Optional<MailboxMessage> receive(Duration wait);

	/**
	 * Receives the next messages in order.
	 * @param max how many at most, from 1 to 1,000
	 * @return the messages; may be fewer than there are
	 */
	List<MailboxMessage> receive(int max);

	/**
	 * Sends a message and waits for the reply, which must not be part of the sender's
	 * transaction and is refused inside one.
	 * @param payload the payload
	 * @param replyType what to read the reply as
	 * @param timeout after which the future ends with a
	 * {@link java.util.concurrent.TimeoutException}
	 * @param <R> the reply
	 * @return the reply
	 * @throws IllegalStateException inside a transaction
	 */
	<R> CompletableFuture<R> ask(Object payload, Class<R> replyType, Duration timeout);

	/**
	 * Sends a message and waits for the reply.
	 * @param payload the payload
	 * @param replyType what to read the reply as
	 * @param timeout after which the future ends with a
	 * {@link java.util.concurrent.TimeoutException}
	 * @param <R> the reply
	 * @return the reply
	 * @throws IllegalStateException inside a transaction
	 */
	<R> CompletableFuture<R> ask(Object payload, TypeRef<R> replyType, Duration timeout);

	/**
	 * Counts the messages that are not acknowledged.
	 * @return the count
	 */
	long unread();

	/**
	 * Shows the last messages without receiving them, those that are read and still kept
	 * included.
	 * @param limit how many at most, from 1 to 1,000
	 * @return the messages, the newest first
	 * @throws io.ikigai.platform.UnsupportedByBackendException if the backend cannot tell
	 */
	List<MessageInfo> list(int limit);

	/**
	 * Tells which process received last.
	 * @return the process, if one has received and has not left the mailbox since
	 * @throws io.ikigai.platform.UnsupportedByBackendException if the backend cannot tell
	 */
	Optional<MailboxConsumer> consumer();

}
