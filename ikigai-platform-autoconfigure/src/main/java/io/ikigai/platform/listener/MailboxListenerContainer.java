package io.ikigai.platform.listener;

import java.util.concurrent.atomic.LongAdder;

/**
 * A listener of a mailbox at work.
 */
public final class MailboxListenerContainer extends ListenerContainer {

	private final LongAdder droppedReplies;

	MailboxListenerContainer(MailboxEndpoint endpoint, ListenerSource source, LongAdder droppedReplies,
			ContainerSettings settings, ListenerThreads threads) {
		super(endpoint.listener(), source, settings, threads);
		this.droppedReplies = droppedReplies;
	}

	/**
	 * Counts what handlers returned for messages that want no reply, or that they had
	 * settled themselves.
	 * @return the count since the application started
	 */
	public long droppedReplies() {
		return this.droppedReplies.sum();
	}

}
