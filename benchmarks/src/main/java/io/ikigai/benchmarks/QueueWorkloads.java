package io.ikigai.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskQueue;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * What is measured. Each workload leaves the queue empty.
 */
@Component
class QueueWorkloads {

	static final String LISTENED = "benchmark-listened";

	private static final Map<String, String> PAYLOAD = Map.of("url", "https://example.org/", "text", "x".repeat(150));

	private final Platform platform;

	private final JdbcTemplate jdbc;

	private final NoOpListener listener;

	QueueWorkloads(Platform platform, JdbcTemplate jdbc, NoOpListener listener) {
		this.platform = platform;
		this.jdbc = jdbc;
		this.listener = listener;
	}

	void runAll(int tasks, BiConsumer<String, Double> results) throws InterruptedException {
		TaskQueue queue = this.platform.queue(LISTENED);
		this.jdbc.execute("TRUNCATE task_queue, ikigai_task_claim");
		queue.pause();
		results.accept("bulk enqueue, tasks/s",
				perSecond(tasks, () -> queue.enqueueAll(Collections.nCopies(tasks, PAYLOAD))));
		this.listener.expect(tasks);
		long began = System.nanoTime();
		queue.resume();
		results.accept("drain by a listener, concurrency 16, tasks/s", tasks / seconds(began, this.listener.await()));
		awaitAllCompleted(tasks);
		results.accept("enqueue by one caller, tasks/s", enqueueSingly(2000, 1));
		results.accept("enqueue by 16 callers, tasks/s", enqueueSingly(10_000, 16));
		results.accept("enqueue by 64 callers, tasks/s", enqueueSingly(30_000, 64));
		results.accept("raw insert of one row a commit, 16 connections, tasks/s", insertSingly(10_000, 16));
		pickUp(queue, results);
		this.platform.queue("benchmark-raw").enqueueAll(Collections.nCopies(tasks, PAYLOAD));
		results.accept("drain by raw SQL, claim 500 and complete 500 on two connections, tasks/s",
				perSecond(tasks, this::drainRaw));
	}

	private double enqueueSingly(int tasks, int callers) throws InterruptedException {
		TaskQueue idle = this.platform.queue("benchmark-idle-" + UUID.randomUUID());
		return perSecond(tasks, () -> inThreads(callers, () -> {
			for (int i = 0; i < tasks / callers; i++) {
				idle.enqueue(PAYLOAD);
			}
		}));
	}

	private double insertSingly(int tasks, int callers) throws InterruptedException {
		String payload = "{\"url\": \"https://example.org/\", \"text\": \"" + "x".repeat(150) + "\"}";
		// Not announced, so that nothing but the insert is measured.
		return perSecond(tasks, () -> inThreads(callers, () -> {
			for (int i = 0; i < tasks / callers; i++) {
				this.jdbc.update("INSERT INTO task_queue (queue_name, payload, enqueued_by) "
						+ "VALUES ('benchmark-inserted', CAST(? AS jsonb), 'raw')", payload);
			}
		}));
	}

	private void pickUp(TaskQueue queue, BiConsumer<String, Double> results) throws InterruptedException {
		List<Double> millis = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			this.listener.expect(1);
			long began = System.nanoTime();
			queue.enqueue(PAYLOAD);
			millis.add(seconds(began, this.listener.await()) * 1000);
		}
		millis.sort(null);
		results.accept("enqueue to handler in the same process, p50, ms", millis.get(100));
		results.accept("enqueue to handler in the same process, p99, ms", millis.get(198));
	}

	private void drainRaw() throws InterruptedException {
		inThreads(2, () -> {
			int claimed = 1;
			while (claimed > 0) {
				List<UUID> ids = this.jdbc.queryForList("""
						WITH picked AS MATERIALIZED (SELECT id FROM task_queue WHERE queue_name = 'benchmark-raw'
							AND claimed_by IS NULL AND scheduled_for <= now() ORDER BY priority DESC, created_at
							LIMIT 500 FOR UPDATE SKIP LOCKED)
						UPDATE task_queue t SET claimed_by = 'raw', claimed_at = now() FROM picked p WHERE t.id = p.id
						RETURNING t.id""", UUID.class);
				claimed = ids.size();
				this.jdbc.update("UPDATE task_queue SET completed_at = now() WHERE id = ANY (?)",
						(Object) ids.toArray(UUID[]::new));
			}
		});
	}

	private void awaitAllCompleted(int tasks) throws InterruptedException {
		while (this.platform.queue(LISTENED).stats().completed() < tasks) {
			new CountDownLatch(1).await(20, java.util.concurrent.TimeUnit.MILLISECONDS);
		}
	}

	private static void inThreads(int count, Runnable work) throws InterruptedException {
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			Thread thread = new Thread(work);
			thread.start();
			threads.add(thread);
		}
		for (Thread thread : threads) {
			thread.join();
		}
	}

	private static double perSecond(int count, Work work) throws InterruptedException {
		long began = System.nanoTime();
		work.run();
		return count / seconds(began, System.nanoTime());
	}

	private static double seconds(long began, long ended) {
		return (ended - began) / 1e9;
	}

	private interface Work {

		void run() throws InterruptedException;

	}

}
