package io.ikigai.platform.mailbox;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * What a backend implements so that messages go through mailboxes on it: the SPI behind
 * {@link Mailbox}. Names and payloads that arrive here are checked. Methods join the
 * running transaction where the backend is the database of that transaction. Safe for use
 * by several threads.
 */
public interface MailboxStore {

	/**
	 * Stores a message and wakes who waits for it once it is visible. A message whose id
	 * is there already is left alone where the backend can tell: who cannot know whether
	 * it arrived sends it again.
	 * @param mailbox the mailbox's name
	 * @param message the message
	 */
	void add(String mailbox, NewMessage message);

	/**
	 * Hands out the next messages to this process, unless another one holds the mailbox.
	 * What a holder had that died, or whose lease ended, is handed out again first.
	 * Extends the lease.
	 * @param mailbox the mailbox's name
	 * @param max how many at most
	 * @param lease how long this process holds the mailbox from now
	 * @param maxAttempts after how many hand-outs that came to nothing a message is given
	 * up
	 * @return the messages in order
	 */
	List<MessageReceipt> receive(String mailbox, int max, Duration lease, int maxAttempts);

	/**
	 * Begins the work of a running transaction that will settle a message.
	 * @param message the message
	 * @param lease how long the transaction may idle from now on
	 * @return whether the message is still the caller's
	 */
	boolean beginSettling(MessageReceipt message, Duration lease);

	/**
	 * Makes a message read.
	 * @param message the message
	 * @param error why it is given up, or {@code null} if it is acknowledged
	 * @return whether the message was still the caller's; if not, nothing was changed
	 */
	boolean finish(MessageReceipt message, @Nullable String error);

	/**
	 * Gives a message back with all that was handed out after it.
	 * @param message the message
	 * @param failure the attempt that counts against the message, but not against the
	 * later ones; {@code null} gives all of them back as if they had not been handed out
	 * @return what became of it
	 */
	ReleaseResult release(MessageReceipt message, @Nullable FailedAttempt failure);

	/**
	 * Tells that this process has settled all that it had of a mailbox and is not about
	 * to receive: wakes who else waits, if there are messages.
	 * @param mailbox the mailbox's name
	 */
	void handOver(String mailbox);

	/**
	 * Moves the end of the leases on mailboxes that this process holds. Takes no part in
	 * the running transaction and never waits for one.
	 * @param mailboxes their names
	 * @param lease from now
	 */
	void extend(Collection<String> mailboxes, Duration lease);

	/**
	 * Counts the messages that are not read.
	 * @param mailbox the mailbox's name
	 * @return the count
	 */
	long unread(String mailbox);

	/**
	 * Shows the last messages, read ones included, and hands none out.
	 * @param mailbox the mailbox's name
	 * @param limit how many at most
	 * @return the messages, the newest first
	 */
	List<MessageInfo> list(String mailbox, int limit);

	/**
	 * Tells which process received last.
	 * @param mailbox the mailbox's name
	 * @return the process, if it is known
	 */
	Optional<MailboxConsumer> consumer(String mailbox);

	/**
	 * Lists the mailboxes that have messages, read ones included.
	 * @return their names
	 */
	List<String> mailboxes();

	/**
	 * Asks to be woken when a mailbox may have a message: a hint, given from a thread of
	 * the backend, that must be taken without blocking.
	 * @param mailbox the mailbox's name
	 * @param wake what to call
	 * @return what ends the waking
	 */
	AutoCloseable onMessage(String mailbox, Runnable wake);

}
