package io.ikigai.platform.mailbox;

import java.util.UUID;

import io.ikigai.platform.Platform;
import org.junit.jupiter.api.BeforeEach;

/**
 * What the tests of the compatibility kit of mailboxes have in common: two processes and
 * a fresh mailbox for each test.
 */
abstract class MailboxKit {

	Mailbox mailbox;

	/**
	 * Returns a platform whose mailboxes run on the backend under test, with five
	 * attempts.
	 * @return the platform, the same for all tests
	 */
	protected abstract Platform platform();

	/**
	 * Returns the platform of another process.
	 * @return the platform, the same for all tests
	 */
	protected abstract Platform other();

	/**
	 * Tells whether the backend shows messages to who does not receive them.
	 * @return whether it does
	 */
	protected boolean showsMessages() {
		return true;
	}

	@BeforeEach
	void freshMailbox() {
		this.mailbox = platform().mailbox("contract-" + UUID.randomUUID());
	}

	Mailbox others() {
		return other().mailbox(this.mailbox.name());
	}

	MailboxMessage received() {
		return this.mailbox.receive().orElseThrow();
	}

}
