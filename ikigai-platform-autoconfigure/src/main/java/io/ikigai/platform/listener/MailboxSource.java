package io.ikigai.platform.listener;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

import io.ikigai.platform.mailbox.ListenedMailbox;

/**
 * The messages of a mailbox, for one worker: some at a time, handled one by one.
 */
final class MailboxSource implements ListenerSource {

	/** Few, because they are in memory, and come again when the process dies. */
	private static final int AT_A_TIME = 20;

	private final ListenedMailbox mailbox;

	private final MailboxEndpoint endpoint;

	private final Handling handling;

	private final LongAdder droppedReplies;

	MailboxSource(ListenedMailbox mailbox, MailboxEndpoint endpoint, Handling handling, LongAdder droppedReplies) {
		this.mailbox = mailbox;
		this.endpoint = endpoint;
		this.handling = handling;
		this.droppedReplies = droppedReplies;
	}

	@Override
	public Taken take(int workers, ListenerRun run) {
		List<ReceivedMail> mail = this.mailbox.receive(AT_A_TIME, this.endpoint.retry())
			.stream()
			.map((message) -> new ReceivedMail(message, this.endpoint, this.handling, run, this.droppedReplies))
			.toList();
		run.worked();
		return new Taken((mail.isEmpty()) ? List.of() : List.of(new MailboxWork(this.handling, mail, run)),
				mail.size() == AT_A_TIME);
	}

	@Override
	public boolean mayTakeAhead() {
		return false;
	}

	@Override
	public AutoCloseable onReady(Runnable wake) {
		return this.mailbox.onMessage(wake);
	}

}
