package io.ikigai.platform.mailbox;

import java.util.UUID;

/**
 * The message is no longer the caller's: the lease on its mailbox ended and it is handed
 * out again, an earlier message was released, or it is settled already. The caller's work
 * must not count: inside a transaction, the transaction is already marked for rollback
 * when this is thrown, whether or not it is caught.
 */
public class StaleMessageException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** The message. */
	private final UUID messageId;

	/**
	 * Creates the exception.
	 * @param messageId the message
	 * @param mailbox the mailbox's name
	 */
	public StaleMessageException(UUID messageId, String mailbox) {
		super("Message " + messageId + " of mailbox '" + mailbox
				+ "' is no longer this receiver's: the lease ended, an "
				+ "earlier message was released, or it was settled meanwhile. Nothing was changed");
		this.messageId = messageId;
	}

	/**
	 * Returns the message.
	 * @return its id
	 */
	public UUID messageId() {
		return this.messageId;
	}

}
