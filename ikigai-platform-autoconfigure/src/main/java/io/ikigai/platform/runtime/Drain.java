package io.ikigai.platform.runtime;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

import io.ikigai.platform.DrainReport;
import io.ikigai.platform.UnsupportedByBackendException;
import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.mailbox.MessageReceipt;
import io.ikigai.platform.mailbox.NewMessage;
import io.ikigai.platform.queue.NewTask;
import io.ikigai.platform.queue.QueueStats;
import io.ikigai.platform.queue.TaskClaim;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskOutcome;
import io.ikigai.platform.queue.TaskStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;

/**
 * Moves what is queued from one backend to another. All of it goes the same way: claim it
 * here, store it there, then take it away here, so that nobody works on it meanwhile and
 * an end in between loses nothing.
 */
final class Drain {

	private static final Log logger = LogFactory.getLog(Drain.class);

	private static final Duration LEASE = Duration.ofSeconds(60);

	private static final int TASKS_TOGETHER = 500;

	private static final int MESSAGES_TOGETHER = 100;

	private long tasks;

	private long messages;

	private final Map<String, QueueStats> queuesLeft = new TreeMap<>();

	private final Map<String, Long> mailboxesLeft = new TreeMap<>();

	/**
	 * Moves the tasks of every queue.
	 */
	void queues(TaskQueueServices from, TaskQueueServices to) {
		TaskInspection here = from.inspection();
		for (String queue : here.queues()) {
			tasks(queue, from.store(), to, (max) -> from.store().claim(queue, max, LEASE, false));
			try {
				tasks(queue, from.store(), to, (max) -> from.store().claimScheduled(queue, max, LEASE));
			}
			catch (UnsupportedByBackendException ex) {
				logger.info("Scheduled tasks of queue '" + queue + "' are moved when they are due: " + ex.getMessage());
			}
			QueueStats left = here.stats(queue);
			if (left.ready() + left.scheduled() + left.claimed() > 0) {
				this.queuesLeft.put(queue, left);
			}
		}
	}

	private void tasks(String queue, TaskStore from, TaskQueueServices to,
			Function<Integer, List<TaskClaim>> claiming) {
		List<TaskClaim> claims;
		do {
			claims = claiming.apply(TASKS_TOGETHER);
			Map<TaskClaim, NewTask> movable = movable(claims, from);
			// A unique key is of one task alone.
			List<NewTask> plain = movable.values()
				.stream()
				.filter((task) -> task.options().uniqueKey() == null)
				.toList();
			store(queue, plain, to);
			movable.values()
				.stream()
				.filter((task) -> task.options().uniqueKey() != null)
				.forEach((task) -> store(queue, List.of(task), to));
			for (TaskClaim claim : movable.keySet()) {
				if (from.settle(claim, new TaskOutcome.Moved())) {
					this.tasks++;
				}
			}
		}
		while (!claims.isEmpty());
	}

	// Another program may have written what the platform accepts from no caller: it fails
	// where
	// it is.
	private static Map<TaskClaim, NewTask> movable(List<TaskClaim> claims, TaskStore from) {
		Map<TaskClaim, NewTask> movable = new LinkedHashMap<>();
		for (TaskClaim claim : claims) {
			String flaw = claim.flaw();
			try {
				if (flaw == null) {
					movable.put(claim, task(claim));
				}
			}
			catch (IllegalArgumentException ex) {
				flaw = "It cannot be moved to another backend: " + ex.getMessage();
			}
			if (flaw != null) {
				logger.warn("Task " + claim.id() + " of queue '" + claim.queue() + "' fails. " + flaw);
				from.settle(claim, new TaskOutcome.Failed(ErrorText.of(flaw)));
			}
		}
		return movable;
	}

	private static void store(String queue, List<NewTask> tasks, TaskQueueServices to) {
		try {
			if (!tasks.isEmpty()) {
				to.store().add(queue, tasks);
			}
		}
		catch (DuplicateKeyException ex) {
			// An earlier try ended between storing there and taking away here.
			tasks.stream()
				.filter((task) -> to.inspection().find(queue, task.id()).isEmpty())
				.forEach((task) -> to.store().add(queue, List.of(task)));
		}
	}

	private static NewTask task(TaskClaim claim) {
		TaskOptions options = TaskOptions.of().withPriority(Math.min(Math.max(claim.priority(), 0), 9));
		if (claim.scheduledFor().isAfter(Instant.EPOCH)) {
			options = options.withScheduledFor(claim.scheduledFor());
		}
		if (claim.maxAttempts() != null) {
			options = options.withMaxAttempts(claim.maxAttempts());
		}
		if (claim.uniqueKey() != null) {
			options = options.withUniqueKey(claim.uniqueKey());
		}
		for (Map.Entry<String, String> header : claim.headers().entrySet()) {
			options = options.withHeader(header.getKey(), header.getValue());
		}
		return new NewTask(claim.id(), claim.json(), options);
	}

	/**
	 * Moves the messages of every mailbox.
	 */
	void mailboxes(MailboxStore from, MailboxStore to) {
		for (String mailbox : from.mailboxes()) {
			boolean mine = true;
			List<MessageReceipt> received;
			do {
				received = from.receive(mailbox, MESSAGES_TOGETHER, LEASE, Integer.MAX_VALUE);
				for (MessageReceipt message : received) {
					String flaw = move(mailbox, message, to);
					mine = mine && from.finish(message, flaw);
					this.messages += (mine && flaw == null) ? 1 : 0;
				}
			}
			while (mine && !received.isEmpty());
			from.handOver(mailbox);
			long left = from.unread(mailbox);
			if (left > 0) {
				this.mailboxesLeft.put(mailbox, left);
			}
		}
	}

	/**
	 * Moves a message.
	 * @return why it cannot be moved, if it cannot: it is given up where it is
	 */
	private static @Nullable String move(String mailbox, MessageReceipt message, MailboxStore to) {
		String flaw = message.flaw();
		NewMessage moved = null;
		try {
			moved = (flaw == null) ? message(message) : null;
		}
		catch (IllegalArgumentException ex) {
			flaw = "It cannot be moved to another backend: " + ex.getMessage();
		}
		if (moved == null) {
			logger.warn("Message " + message.id() + " of mailbox '" + mailbox + "' is given up. " + flaw);
			return flaw;
		}
		try {
			to.add(mailbox, moved);
		}
		catch (DuplicateKeyException ex) {
			logger.info("Message " + message.id() + " of mailbox '" + mailbox + "' was moved before");
		}
		return null;
	}

	private static NewMessage message(MessageReceipt message) {
		MessageOptions options = MessageOptions.of();
		if (message.replyTo() != null) {
			options = options.withReplyTo(message.replyTo());
		}
		if (message.correlationId() != null) {
			options = options.withCorrelationId(message.correlationId());
		}
		for (Map.Entry<String, String> header : message.headers().entrySet()) {
			options = options.withHeader(header.getKey(), header.getValue());
		}
		return new NewMessage(moved(message.id()), message.sender(), message.json(), options);
	}

	/**
	 * Returns the id of a message where it is moved to: the same whenever this is tried
	 * again, but another one than those it had, as a backend may remember that it had it.
	 */
	private static UUID moved(UUID id) {
		return UUID.nameUUIDFromBytes(("moved " + id).getBytes(StandardCharsets.UTF_8));
	}

	DrainReport report() {
		return new DrainReport(this.tasks, this.messages, this.queuesLeft, this.mailboxesLeft);
	}

}
