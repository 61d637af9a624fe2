package io.ikigai.platform.listener;

import java.util.List;

/**
 * Handles messages one after another, as long as those before are settled. What is not
 * handled is given back with the first of it, for later messages must not pass it.
 */
final class MailboxWork implements ListenerSource.Work {

	private final Handling handling;

	private final List<ReceivedMail> mail;

	private final ListenerRun run;

	private volatile LeasedWork<ReceivedMail> current;

	MailboxWork(Handling handling, List<ReceivedMail> mail, ListenerRun run) {
		this.handling = handling;
		this.mail = mail;
		this.run = run;
		this.current = workOn(mail.get(0));
	}

	private LeasedWork<ReceivedMail> workOn(ReceivedMail next) {
		return new LeasedWork<>(this.handling, List.of(next),
				(mail, reply, settlement, running) -> settlement.complete(mail, reply), this.run);
	}

	@Override
	public void run() {
		for (int i = 0; i < this.mail.size(); i++) {
			ReceivedMail next = this.mail.get(i);
			if (i > 0) {
				this.current = workOn(next);
				if (this.run.stopping()) {
					this.current.giveBack();
					return;
				}
			}
			this.current.run();
			if (!next.handled()) {
				if (next.settledByOthers() && i + 1 < this.mail.size()) {
					workOn(this.mail.get(i + 1)).giveBack();
				}
				// Also after a failure that nobody announces, such as an ended lease
				this.run.wake();
				return;
			}
		}
	}

	@Override
	public void giveBack() {
		this.current.giveBack();
	}

}
