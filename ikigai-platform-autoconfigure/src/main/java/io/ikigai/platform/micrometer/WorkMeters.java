package io.ikigai.platform.micrometer;

import java.time.Duration;
import java.util.Locale;

import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MessageObserver;
import io.ikigai.platform.queue.ClaimObserver;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskObserver;
import io.ikigai.platform.queue.TaskOutcome;
import io.ikigai.platform.observation.TagNames;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what this process claims, and what becomes of it. Safe for use by several
 * threads.
 */
public final class WorkMeters implements MeterBinder, TaskObserver, ClaimObserver, MessageObserver {

	private final TagNames queues = new TagNames();

	private final Counts claimed = new Counts(this.queues, "ikigai.tasks.claimed", "Tasks that this process claimed",
			"queue");

	private final Counts settled = new Counts(this.queues, "ikigai.tasks.settled",
			"Claims of this process that ended, by what became of the task", "queue", "outcome");

	private final Counts lost = new Counts(this.queues, "ikigai.tasks.lost",
			"Claims that ended while this process worked on the task: the lease was over, or the task cancelled",
			"queue");

	private final Counts failed = new Counts(new TagNames(), "ikigai.messages.failed",
			"Failed attempts at messages of mailboxes", "mailbox", "given.up");

	@Override
	public void bindTo(MeterRegistry registry) {
		this.claimed.bindTo(registry);
		this.settled.bindTo(registry);
		this.lost.bindTo(registry);
		this.failed.bindTo(registry);
	}

	@Override
	public void claimed(String queue, int tasks) {
		this.claimed.add(tasks, queue);
	}

	@Override
	public void lost(String queue) {
		this.lost.add(1, queue);
	}

	@Override
	public void settled(Task task, @Nullable String listener, TaskOutcome outcome, Duration worked) {
		this.settled.add(1, task.queue(), outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT));
	}

	@Override
	public void failed(MailboxMessage message, @Nullable String listener, String error, boolean givenUp) {
		this.failed.add(1, message.mailbox(), String.valueOf(givenUp));
	}

}
