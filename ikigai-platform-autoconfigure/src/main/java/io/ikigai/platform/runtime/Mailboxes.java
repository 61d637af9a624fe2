package io.ikigai.platform.runtime;

import java.util.List;

import io.ikigai.platform.mailbox.ListenedMailbox;

/**
 * The mailboxes of this process. Safe for use by several threads.
 */
public final class Mailboxes implements AutoCloseable {

	private final MailboxServices services;

	private final Replies replies;

	/**
	 * Creates the mailboxes.
	 * @param services what they work with
	 */
	public Mailboxes(MailboxServices services) {
		this.services = services;
		this.replies = new Replies(services);
	}

	/**
	 * Returns the mailbox of that name.
	 * @param name the mailbox's name
	 * @return the mailbox
	 */
	public ListenedMailbox mailbox(String name) {
		return new RuntimeMailbox(name, this.services, this.replies);
	}

	MailboxServices services() {
		return this.services;
	}

	List<String> names() {
		return this.services.store().mailboxes();
	}

	/**
	 * Ends the waiting for replies; questions that are open end with an exception.
	 */
	@Override
	public void close() {
		this.replies.close();
	}

}
