package io.ikigai.platform;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.StaleDocumentException;
import io.ikigai.platform.storage.StoredDocument;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What the platform does where the application's transaction has ended, or is another
 * one: in callbacks after a commit or a rollback, and in transactions of other databases.
 * There everything works as it does outside transactions, and what a call has accepted is
 * there when it returns. A backend passes with one subclass for each kind of pool.
 */
public abstract class TransactionPhaseContractTests {

	private final String name = "phase-" + UUID.randomUUID();

	/**
	 * Returns a platform whose services run on the backend under test. Nothing but a
	 * notification may wake its consumers.
	 * @return the platform, the same for all tests of a class
	 */
	protected abstract Platform platform();

	/**
	 * Runs a transaction and work in one of its phases.
	 * @param phase the phase
	 * @param before what the transaction does itself
	 * @param work what to do in the phase; what it throws is thrown on
	 */
	protected abstract void during(Phase phase, Runnable before, Runnable work);

	private TaskQueue queue() {
		return platform().queue(this.name);
	}

	private Mailbox mailbox() {
		return platform().mailbox(this.name);
	}

	private Cache cache() {
		return platform().cache(this.name);
	}

	private DocumentCollection<String> documents() {
		return platform().storage().documents("phases", String.class);
	}

	private void withoutOwnWork(Phase phase, Runnable work) {
		during(phase, () -> {
		}, work);
	}

	/**
	 * Claims tasks as they come, for a transaction's own may still be on their way, and
	 * sees to it that there are no more.
	 */
	private List<Task> taken(int count) {
		List<Task> taken = new ArrayList<>();
		while (taken.size() < count) {
			taken.add(queue().claim(Waits.LIMIT).orElseThrow());
		}
		assertThat(queue().claim()).isEmpty();
		return taken;
	}

	@ParameterizedTest
	@EnumSource
	void keepsTasks(Phase phase) {
		List<UUID> ids = new ArrayList<>();
		withoutOwnWork(phase, () -> {
			ids.add(queue().enqueue("one"));
			ids.addAll(queue().enqueueAll(List.of("two", "three")));
			ids.add(queue().enqueue("four", TaskOptions.of().withUniqueKey("key")));
		});
		assertThat(taken(ids.size())).extracting(Task::id).containsExactlyInAnyOrderElementsOf(ids);
	}

	@ParameterizedTest
	@EnumSource
	void keepsTasksOfTransactionsThatEnqueueToo(Phase phase) {
		List<UUID> ids = new ArrayList<>();
		List<UUID> own = new ArrayList<>();
		during(phase, () -> own.add(queue().enqueue("own")), () -> ids.add(queue().enqueue("after")));
		if (!phase.rolledBack()) {
			ids.addAll(own);
		}
		assertThat(taken(ids.size())).extracting(Task::id).containsExactlyInAnyOrderElementsOf(ids);
	}

	@ParameterizedTest
	@EnumSource
	void wakesConsumers(Phase phase) {
		CompletableFuture<UUID> task = CompletableFuture
			.supplyAsync(() -> queue().claim(Waits.LIMIT).orElseThrow().id());
		CompletableFuture<UUID> message = CompletableFuture
			.supplyAsync(() -> mailbox().receive(Waits.LIMIT).orElseThrow().id());
		List<UUID> ids = new ArrayList<>();
		withoutOwnWork(phase, () -> {
			ids.add(queue().enqueue("x"));
			ids.add(mailbox().send("x"));
		});
		assertThat(List.of(task.join(), message.join())).isEqualTo(ids);
	}

	@ParameterizedTest
	@EnumSource
	void keepsMessagesAndTheirOrder(Phase phase) {
		during(phase, () -> mailbox().send(1), () -> {
			mailbox().send(2);
			mailbox().send(3);
		});
		List<Integer> sent = phase.rolledBack() ? List.of(2, 3) : List.of(1, 2, 3);
		List<Integer> received = new ArrayList<>();
		while (received.size() < sent.size()) {
			received.add(mailbox().receive(Waits.LIMIT).orElseThrow().payload(Integer.class));
		}
		assertThat(received).isEqualTo(sent);
		assertThat(mailbox().receive()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void publishes(Phase phase) {
		List<Integer> got = new CopyOnWriteArrayList<>();
		try (Subscription subscription = platform().pubsub().subscribe(this.name, Integer.class, got::add)) {
			assertThat(subscription).isNotNull();
			during(phase, () -> platform().pubsub().publish(this.name, 1),
					() -> platform().pubsub().publish(this.name, 2));
			Waits.until("the message arrives", () -> got.contains(2));
		}
		assertThat(got).isEqualTo(phase.rolledBack() ? List.of(2) : List.of(1, 2));
	}

	@ParameterizedTest
	@EnumSource
	void keepsCachedValues(Phase phase) {
		cache().set("deleted", 1);
		cache().set("counted", 1);
		withoutOwnWork(phase, () -> {
			cache().set("set", 1);
			assertThat(cache().setIfAbsent("absent", 1, Duration.ofHours(1))).isTrue();
			assertThat(cache().get("loaded", Integer.class, Duration.ofHours(1), () -> 1)).isOne();
			cache().delete("deleted");
			assertThat(cache().increment("counted", 1)).isEqualTo(2);
		});
		Waits.untilAsserted("the values are there",
				() -> assertThat(
						cache().getAll(List.of("set", "absent", "loaded", "deleted", "counted"), Integer.class))
					.isEqualTo(Map.of("set", 1, "absent", 1, "loaded", 1, "counted", 2)));
		withoutOwnWork(phase, cache()::clear);
		Waits.until("the values are cleared", () -> cache().get("set", Integer.class).isEmpty());
	}

	@ParameterizedTest
	@EnumSource
	void keepsDocuments(Phase phase) {
		String id = this.name;
		documents().put(id + "-present", "a");
		withoutOwnWork(phase, () -> {
			documents().put(id, "b");
			documents().putAll(Map.of(id + "-x", "x", id + "-y", "y"));
			assertThat(documents().delete(id + "-present")).isTrue();
			documents().embed(id, new float[] { 1, 2 });
			assertThat(documents().get(id)).map(StoredDocument::value).contains("b");
		});
		assertThat(documents().get(id + "-present")).isEmpty();
		assertThat(List.of(id, id + "-x", id + "-y")).extracting((each) -> documents().get(each).orElseThrow().value())
			.containsExactly("b", "x", "y");
	}

	// A transaction that takes the work is marked for rollback by it
	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE,
			names = { "BEFORE_COMMIT", "NEW_TRANSACTION_AFTER_COMMIT", "OTHER_DATABASE_WITHIN" })
	void refusesAsOutsideTransactions(Phase phase) {
		documents().put(this.name, "a");
		Task settled = claimed("x");
		settled.complete();
		withoutOwnWork(phase, () -> {
			assertThatExceptionOfType(StaleDocumentException.class)
				.isThrownBy(() -> documents().put(this.name, "b", 7));
			assertThatThrownBy(settled::complete).isInstanceOf(RuntimeException.class);
			queue().enqueue("y");
		});
		assertThat(taken(1)).extracting(Task::json).containsExactly("\"y\"");
	}

	private Task claimed(Object payload) {
		queue().enqueue(payload);
		return queue().claim().orElseThrow();
	}

	@ParameterizedTest
	@EnumSource
	void settlesTasks(Phase phase) {
		Task completed = claimed(1);
		Task withResult = claimed(2);
		Task withWrites = claimed(3);
		Task failed = claimed(4);
		Task again = claimed(5);
		Task released = claimed(6);
		withoutOwnWork(phase, () -> {
			completed.complete();
			withResult.complete("result");
			withWrites.complete(() -> queue().enqueue("written"));
			failed.fail("no");
			again.retry(Duration.ZERO, "again");
			released.release();
		});
		assertThat(List.of(completed, withResult, withWrites, failed)).extracting((task) -> state(task.id()))
			.containsExactly(TaskState.COMPLETED, TaskState.COMPLETED, TaskState.COMPLETED, TaskState.FAILED);
		assertThat(taken(3)).extracting(Task::json).containsExactlyInAnyOrder("5", "6", "\"written\"");
	}

	private TaskState state(UUID id) {
		return queue().find(id).orElseThrow().state();
	}

	@ParameterizedTest
	@EnumSource
	void claimsAndSettlesAtOnce(Phase phase) {
		queue().enqueueAll(List.of(1, 2));
		mailbox().send("x");
		List<Task> left = new ArrayList<>();
		withoutOwnWork(phase, () -> {
			left.add(queue().claim().orElseThrow());
			queue().claim().orElseThrow().complete();
			mailbox().receive().orElseThrow().acknowledge();
		});
		assertThat(state(left.get(0).id())).isEqualTo(TaskState.CLAIMED);
		assertThat(queue().claim()).isEmpty();
		left.get(0).complete();
		assertThat(queue().stats().completed()).isEqualTo(2);
		assertThat(mailbox().unread()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void settlesMessages(Phase phase) {
		IntStream.range(0, 3).forEach((i) -> mailbox().send(i));
		List<MailboxMessage> received = mailbox().receive(3);
		withoutOwnWork(phase, () -> {
			received.get(0).acknowledge();
			received.get(1).fail("no");
			received.get(2).release();
		});
		assertThat(mailbox().receive(3)).extracting(MailboxMessage::json).containsExactly("2");
	}

	@ParameterizedTest
	@EnumSource
	void opensTransactions(Phase phase) {
		Set<UUID> ids = new HashSet<>();
		withoutOwnWork(phase, () -> {
			platform().transaction(() -> {
				ids.add(queue().enqueue(1));
				ids.add(queue().enqueue(2));
			});
			ids.add(queue().enqueue(3));
		});
		assertThat(taken(ids.size())).extracting(Task::id).containsExactlyInAnyOrderElementsOf(ids);
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE,
			names = { "BEFORE_COMMIT", "NEW_TRANSACTION_AFTER_COMMIT", "OTHER_DATABASE_WITHIN" })
	void rollsBackOnlyTheTransactionsOpenedThere(Phase phase) {
		withoutOwnWork(phase, () -> {
			queue().enqueue("before");
			assertThatThrownBy(() -> platform().transaction((Runnable) () -> {
				queue().enqueue("undone");
				throw new IllegalStateException("deliberate");
			})).hasMessage("deliberate");
			queue().enqueue("after");
		});
		assertThat(taken(2)).extracting(Task::json).containsExactly("\"before\"", "\"after\"");
	}

	/**
	 * Where work is called.
	 */
	public enum Phase {

		/** A listener of the transaction's events before the commit: part of it. */
		BEFORE_COMMIT,

		/** {@code TransactionSynchronization.afterCommit}. */
		AFTER_COMMIT,

		/** {@code TransactionSynchronization.afterCompletion} after a commit. */
		AFTER_COMPLETION,

		/** {@code TransactionSynchronization.afterCompletion} after a rollback. */
		AFTER_COMPLETION_OF_ROLLBACK,

		/** A listener of the transaction's events. */
		LISTENER_AFTER_COMMIT,

		/** A listener of the transaction's events. */
		LISTENER_AFTER_ROLLBACK,

		/** A listener of the transaction's events, after a commit. */
		LISTENER_AFTER_COMPLETION,

		/** A new transaction that such a listener opens: part of that one. */
		NEW_TRANSACTION_AFTER_COMMIT,

		/** After such a new transaction, still in the listener. */
		AFTER_NEW_TRANSACTION,

		/** A method that would join a transaction, called by such a listener. */
		REQUIRED_AFTER_COMMIT,

		/** After the commit of a transaction whose manager is no bean. */
		UNKNOWN_MANAGER_AFTER_COMMIT,

		/** In the transaction of another database. */
		OTHER_DATABASE,

		/**
		 * In the transaction of another database that uses the platform's database as
		 * well.
		 */
		OTHER_DATABASE_AND_CONNECTION,

		/**
		 * In the transaction of another database that has begun within one of the
		 * platform's: part of that.
		 */
		OTHER_DATABASE_WITHIN,

		/** In a method that takes part in a transaction if there is one. */
		SUPPORTS;

		boolean rolledBack() {
			return this == AFTER_COMPLETION_OF_ROLLBACK || this == LISTENER_AFTER_ROLLBACK;
		}

	}

}
