package io.ikigai.platform.postgres;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class WriteGroupTests {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<List<Integer>> statements = Collections.synchronizedList(new ArrayList<>());

	private final CountDownLatch go = new CountDownLatch(1);

	@AfterEach
	void end() {
		this.threads.shutdownNow();
	}

	private void insert(List<Integer> rows) {
		this.statements.add(rows);
		if (rows.get(0) < 2) {
			awaitGo();
		}
		if (rows.contains(13)) {
			throw new IllegalStateException("13");
		}
		if (rows.contains(16)) {
			throw new DataAccessResourceFailureException("The connection broke");
		}
		if (rows.contains(14)) {
			throw new StackOverflowError("14");
		}
	}

	private void awaitGo() {
		try {
			this.go.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Adds rows of which the first two hold up the others.
	 */
	private List<CompletableFuture<Void>> add(int... rows) {
		WriteGroup<Integer> group = new WriteGroup<>(2, this::insert);
		List<CompletableFuture<Void>> added = new ArrayList<>();
		for (int row : new int[] { 0, 1 }) {
			added.add(CompletableFuture.runAsync(() -> group.add(row), this.threads));
		}
		await().until(() -> this.statements.size() == 2);
		for (int row : rows) {
			added.add(CompletableFuture.runAsync(() -> group.add(row), this.threads));
		}
		await().until(() -> group.gathering() == rows.length);
		this.go.countDown();
		return added;
	}

	@Test
	void insertsAtOnceWhatComesAlone() {
		WriteGroup<Integer> group = new WriteGroup<>(2, this::insert);
		group.add(5);
		group.add(6);
		assertThat(this.statements).containsExactly(List.of(5), List.of(6));
	}

	@Test
	void sharesStatements() {
		add(IntStream.range(100, 160).toArray()).forEach(CompletableFuture::join);
		assertThat(this.statements).hasSizeLessThanOrEqualTo(4);
		assertThat(this.statements.stream().flatMap(List::stream)).hasSize(62).doesNotHaveDuplicates();
	}

	@Test
	void givesEachCallerTheErrorOfItsOwnRow() {
		List<CompletableFuture<Void>> added = add(10, 11, 12, 13, 15);
		for (int i = 0; i < added.size(); i++) {
			CompletableFuture<Void> one = added.get(i);
			if (i == 5) {
				assertThatExceptionOfType(CompletionException.class).isThrownBy(one::join).withMessageContaining("13");
			}
			else {
				one.join();
			}
		}
	}

	@Test
	void writesNothingTwiceThatMayBeCommittedWhenTheConnectionBreaks() {
		WriteGroup<Integer> group = new WriteGroup<>(1, this::insert);
		CompletableFuture<Void> first = CompletableFuture.runAsync(() -> group.add(0), this.threads);
		await().until(() -> this.statements.size() == 1);
		List<CompletableFuture<Void>> shared = IntStream.of(10, 16, 12)
			.mapToObj((row) -> CompletableFuture.runAsync(() -> group.add(row), this.threads))
			.toList();
		await().until(() -> group.gathering() == 3);
		this.go.countDown();
		first.join();
		assertThat(shared)
			.allSatisfy((one) -> assertThatExceptionOfType(CompletionException.class).isThrownBy(one::join)
				.withCauseInstanceOf(DataAccessResourceFailureException.class));
		assertThat(this.statements).hasSize(2);
	}

	@Test
	void keepsTheRowOfACallerThatIsInterruptedWhileItWaits() {
		Thread[] caller = new Thread[1];
		WriteGroup<Integer> group = new WriteGroup<>(1, this::insert);
		CompletableFuture<Void> first = CompletableFuture.runAsync(() -> group.add(0), this.threads);
		await().until(() -> this.statements.size() == 1);
		CompletableFuture<Boolean> interrupted = CompletableFuture.supplyAsync(() -> {
			caller[0] = Thread.currentThread();
			group.add(10);
			return Thread.currentThread().isInterrupted();
		}, this.threads);
		await().until(() -> group.gathering() == 1);
		caller[0].interrupt();
		this.go.countDown();
		first.join();
		assertThat(interrupted.join()).isTrue();
		assertThat(this.statements).containsExactly(List.of(0), List.of(10));
	}

	@Test
	void leavesNobodyWaitingWhenTheOneWhoInsertsForAllBreaks() {
		List<CompletableFuture<Void>> added = add(10, 14, 12);
		assertThat(added.stream().filter((one) -> {
			one.exceptionally((ex) -> null).join();
			return one.isCompletedExceptionally();
		})).isNotEmpty().hasSizeLessThanOrEqualTo(2);
	}

}
