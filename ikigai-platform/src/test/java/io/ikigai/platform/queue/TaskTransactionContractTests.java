package io.ikigai.platform.queue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatRuntimeException;

/**
 * Task queues inside a transaction.
 */
public abstract class TaskTransactionContractTests extends TaskContract {

	@Test
	void returnsWhatTheWorkReturns() {
		String result = platform().transaction(() -> "done");
		assertThat(result).isEqualTo("done");
	}

	/**
	 * Tells whether a transaction sees what it has enqueued, and what it cancels,
	 * redrives or pauses is part of it: where the queues are in its database.
	 * @return whether it does
	 */
	protected boolean inTheDatabaseOfTheTransaction() {
		return true;
	}

	@Test
	void showsAnEnqueuedTaskOnlyAfterTheCommit() {
		UUID id = platform().transaction(() -> {
			UUID enqueued = queue().enqueue("x");
			assertThat(queue().find(enqueued).isPresent()).isEqualTo(inTheDatabaseOfTheTransaction());
			assertThat(elsewhere(() -> queue().find(enqueued))).isEmpty();
			assertThat(elsewhere(() -> queue().claim())).isEmpty();
			return enqueued;
		});
		assertThat(queue().claim()).map(Task::id).contains(id);
	}

	@Test
	void wakesWhoWaitsAfterTheCommit() {
		CompletableFuture<Optional<Task>> waiting = CompletableFuture.supplyAsync(() -> queue().claim(Waits.LIMIT));
		UUID id = platform().transaction(() -> queue().enqueue("x"));
		assertThat(waiting.join()).map(Task::id).contains(id);
	}

	@Test
	void neverShowsWhatWasEnqueuedAndRolledBack() {
		assertThatExceptionOfType(Deliberate.class).isThrownBy(() -> platform().transaction((Runnable) () -> {
			queue().enqueue("x");
			queue().enqueueAll(List.of(1, 2, 3));
			queue().enqueue("y", TaskOptions.of().withUniqueKey("k"));
			throw new Deliberate();
		}));
		assertThat(queue().claim(10)).isEmpty();
		assertThat(platform().queues()).doesNotContain(queue().name());
		UUID id = queue().enqueue("z", TaskOptions.of().withUniqueKey("k"));
		assertThat(queue().claim()).map(Task::id).contains(id);
	}

	@Test
	void enqueuesManyInOneTransactionInOrder() {
		List<UUID> ids = platform()
			.transaction(() -> List.of(queue().enqueue(1), queue().enqueue(2), queue().enqueue(3), queue().enqueue(4)));
		assertThat(queue().claim(10)).extracting(Task::id).isEqualTo(ids);
	}

	@Test
	void joinsTheRunningTransaction() {
		assertThatExceptionOfType(Deliberate.class).isThrownBy(() -> platform().transaction((Runnable) () -> {
			platform().transaction(() -> {
				queue().enqueue("inner");
			});
			throw new Deliberate();
		}));
		assertThat(queue().claim()).isEmpty();
	}

	@Test
	void undoesAClaimWithItsTransaction() {
		UUID id = queue().enqueue("x");
		AtomicReference<Task> claimed = new AtomicReference<>();
		assertThatExceptionOfType(Deliberate.class).isThrownBy(() -> platform().transaction((Runnable) () -> {
			claimed.set(queue().claim().orElseThrow());
			assertThat(elsewhere(() -> queue().claim())).isEmpty();
			throw new Deliberate();
		}));
		TaskInfo info = info(id);
		assertThat(info.state()).isEqualTo(TaskState.READY);
		assertThat(info.attempt()).isZero();
		assertThatExceptionOfType(StaleClaimException.class).isThrownBy(() -> claimed.get().complete());
		assertThat(queue().claim().orElseThrow().attempt()).isEqualTo(1);
	}

	@Test
	void claimsWorksAndCompletesInOneTransaction() {
		UUID id = queue().enqueue("x");
		UUID next = platform().transaction(() -> {
			Task task = queue().claim().orElseThrow();
			UUID enqueued = queue().enqueue("next");
			task.complete("done");
			assertThat(elsewhere(() -> queue().claim())).isEmpty();
			return enqueued;
		});
		assertThat(state(id)).isEqualTo(TaskState.COMPLETED);
		assertThat(state(next)).isEqualTo(TaskState.READY);
	}

	@Test
	void claimsInATransactionAndCompletesLater() {
		queue().enqueue("x");
		Task task = platform().transaction(() -> queue().claim().orElseThrow());
		assertThat(state(task.id())).isEqualTo(TaskState.CLAIMED);
		assertThat(info(task.id()).leaseExpiresAt()).isNotNull();
		task.extend(Duration.ofMinutes(1));
		task.complete();
		assertThat(state(task.id())).isEqualTo(TaskState.COMPLETED);
	}

	@Test
	void extendsAndReportsInsideTheTransactionOfTheClaim() {
		queue().enqueue("x");
		Task task = platform().transaction(() -> {
			Task claimed = queue().claim().orElseThrow();
			claimed.extend(Duration.ofHours(1));
			claimed.progress(0.5, "half");
			assertThat(claimed.cancelled()).isFalse();
			return claimed;
		});
		assertThat(info(task.id()).leaseExpiresAt()).isAfter(task.claimedAt().plus(Duration.ofMinutes(50)));
		assertThat(queue().progress(task.id())).map(TaskProgress::fraction).contains(0.5);
		task.complete();
	}

	@Test
	void completesWithTheTransactionItJoins() {
		Task task = claimed("x");
		platform().transaction(() -> {
			task.complete("done");
			assertThat(elsewhere(() -> state(task.id()))).isEqualTo(TaskState.CLAIMED);
		});
		assertThat(state(task.id())).isEqualTo(TaskState.COMPLETED);
	}

	@Test
	void doesNotCompleteWhenTheTransactionRollsBack() {
		Task task = claimed("x");
		assertThatExceptionOfType(Deliberate.class).isThrownBy(() -> platform().transaction((Runnable) () -> {
			task.complete(() -> queue().enqueue("written"));
			throw new Deliberate();
		}));
		assertThat(state(task.id())).isEqualTo(TaskState.CLAIMED);
		assertThat(queue().claim()).isEmpty();
		task.fail("after all");
		assertThat(state(task.id())).isEqualTo(TaskState.FAILED);
	}

	@Test
	void settlesOnceWithinATransaction() {
		Task task = claimed("x");
		assertThatExceptionOfType(StaleClaimException.class).isThrownBy(() -> platform().transaction(() -> {
			task.complete();
			task.complete();
		}));
		assertThat(state(task.id())).isEqualTo(TaskState.CLAIMED);
		task.complete();
	}

	@Test
	void givesTheTaskBackInATransaction() {
		queue().enqueueAll(List.of(1, 2, 3));
		List<Task> tasks = queue().claim(3);
		platform().transaction(() -> {
			tasks.get(0).release();
			tasks.get(1).retry(Duration.ZERO, "again");
			tasks.get(2).fail("no");
			assertThat(elsewhere(() -> queue().claim())).isEmpty();
		});
		assertThat(queue().claim(10)).extracting(Task::attempt).containsExactly(1, 2);
		assertThat(state(tasks.get(2).id())).isEqualTo(TaskState.FAILED);
	}

	@Test
	void rollsBackWhatALateWorkerWroteThoughItCatchesTheRefusal() {
		Task late = lost(claimed("x"));
		Task another = queue().claim().orElseThrow();
		AtomicReference<UUID> written = new AtomicReference<>();
		List<Runnable> refused = List.of(late::complete, () -> late.complete("r"), () -> late.complete(() -> {
		}), () -> late.complete(() -> "r"), () -> late.fail("no"), () -> late.fail(new Deliberate()),
				() -> late.retry(Duration.ZERO, "no"), late::release, () -> late.extend(Duration.ofMinutes(1)),
				() -> late.progress(1, "done"));
		for (Runnable call : refused) {
			assertThatRuntimeException().isThrownBy(() -> platform().transaction(() -> {
				written.set(queue().enqueue("written"));
				assertThatExceptionOfType(StaleClaimException.class).isThrownBy(call::run);
			}));
			assertThat(queue().find(written.get())).isEmpty();
		}
		another.complete();
		assertThat(state(late.id())).isEqualTo(TaskState.COMPLETED);
	}

	@Test
	void extendsATaskThatATransactionIsSettling() {
		Task task = claimed("x");
		platform().transaction(() -> {
			task.complete();
			elsewhere(() -> {
				// Another thread of the worker, as a listener's lease keeper is.
				task.extend(Duration.ofMinutes(1));
				return true;
			});
		});
		assertThat(state(task.id())).isEqualTo(TaskState.COMPLETED);
	}

	@Test
	void administersWithinTheTransaction() {
		UUID id = queue().enqueue("x");
		Task failed = claimedOther();
		assertThatExceptionOfType(Deliberate.class).isThrownBy(() -> platform().transaction((Runnable) () -> {
			assertThat(queue().cancel(id)).isTrue();
			assertThat(queue().redrive(failed.id())).isTrue();
			queue().pause();
			throw new Deliberate();
		}));
		if (inTheDatabaseOfTheTransaction()) {
			assertThat(state(id)).isEqualTo(TaskState.READY);
			assertThat(state(failed.id())).isEqualTo(TaskState.FAILED);
			assertThat(queue().claim()).map(Task::id).contains(id);
		}
		else {
			assertThat(state(id)).isEqualTo(TaskState.CANCELLED);
			assertThat(state(failed.id())).isEqualTo(TaskState.READY);
			assertThat(queue().paused()).isTrue();
		}
	}

	private Task claimedOther() {
		queue().enqueue("other", TaskOptions.of().withPriority(9));
		Task task = queue().claim().orElseThrow();
		task.fail("no");
		return task;
	}

	@Test
	void claimsWhatAnotherCommitsWhileItWaitsInsideATransaction() {
		AtomicReference<UUID> enqueued = new AtomicReference<>();
		UUID claimed = platform().transaction(() -> {
			CompletableFuture<Void> later = CompletableFuture.runAsync(() -> enqueued.set(queue().enqueue("x")));
			Task task = queue().claim(Waits.LIMIT).orElseThrow();
			later.join();
			task.complete();
			return task.id();
		});
		assertThat(claimed).isEqualTo(enqueued.get());
		assertThat(state(claimed)).isEqualTo(TaskState.COMPLETED);
	}

}
