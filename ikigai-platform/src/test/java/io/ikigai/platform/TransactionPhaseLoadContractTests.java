package io.ikigai.platform;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.ikigai.platform.TransactionPhaseContractTests.Phase;
import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many threads at a time that enqueue and send, some of them after the commit of their
 * transactions: each id that was returned belongs to a task or message that is there.
 */
public abstract class TransactionPhaseLoadContractTests {

	private final String name = "load-" + UUID.randomUUID();

	private final Set<UUID> accepted = ConcurrentHashMap.newKeySet();

	/**
	 * Returns a platform whose services run on the backend under test.
	 * @return the platform, the same for all tests of a class
	 */
	protected abstract Platform platform();

	/**
	 * Runs a transaction and work in one of its phases.
	 * @param phase the phase
	 * @param work what to do in the phase; what it throws is thrown on
	 */
	protected abstract void during(Phase phase, Runnable work);

	private TaskQueue queue() {
		return platform().queue(this.name);
	}

	private Mailbox mailbox() {
		return platform().mailbox(this.name);
	}

	/**
	 * They may share statements, but never a connection that is not committed.
	 */
	@Test
	void keepsWhatThreadsEnqueueWhileOthersAreAfterTheirCommits() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(12);
		CountDownLatch listeners = new CountDownLatch(3);
		List<Future<?>> all = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			all.add(threads.submit(() -> {
				for (int j = 0; j < 10; j++) {
					during(Phase.LISTENER_AFTER_COMMIT, () -> {
						this.accepted.add(queue().enqueue("listener"));
						this.accepted.add(mailbox().send("listener"));
						platform().pubsub().publish(this.name, "listener");
					});
				}
				listeners.countDown();
			}));
		}
		for (int i = 0; i < 9; i++) {
			all.add(threads.submit(() -> {
				while (listeners.getCount() > 0) {
					this.accepted.add(queue().enqueue("other"));
					this.accepted.add(mailbox().send("other"));
				}
			}));
		}
		await(all, threads);
		Set<UUID> there = new HashSet<>();
		for (List<Task> some = queue().claim(1000); !some.isEmpty(); some = queue().claim(1000)) {
			some.forEach((task) -> there.add(task.id()));
		}
		for (List<MailboxMessage> some = mailbox().receive(1000); !some.isEmpty(); some = mailbox().receive(1000)) {
			some.forEach((message) -> there.add(message.id()));
		}
		assertThat(this.accepted).hasSizeGreaterThan(60).isEqualTo(there);
	}

	/**
	 * Each thread holds a connection of the pool when it enqueues: no thread may wait for
	 * a second one.
	 */
	@Test
	void enqueuesFromMoreThreadsThanThePoolHasConnections() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(15);
		List<Future<?>> all = new ArrayList<>();
		for (int i = 0; i < 15; i++) {
			all.add(threads.submit(() -> {
				for (int j = 0; j < 3; j++) {
					during(Phase.LISTENER_AFTER_COMMIT, () -> this.accepted.add(queue().enqueue("x")));
				}
			}));
		}
		await(all, threads);
		assertThat(queue().claim(100)).extracting(Task::id).containsExactlyInAnyOrderElementsOf(this.accepted);
	}

	private static void await(List<Future<?>> all, ExecutorService threads) throws Exception {
		try {
			for (Future<?> each : all) {
				Waits.value("a thread ends", each);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

}
