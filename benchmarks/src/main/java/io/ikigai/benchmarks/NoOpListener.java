package io.ikigai.benchmarks;

import java.util.concurrent.CountDownLatch;

import io.ikigai.platform.queue.IkigaiTaskListener;

/**
 * Handles tasks by counting them.
 */
class NoOpListener {

	private volatile CountDownLatch left = new CountDownLatch(0);

	private volatile long handledAt;

	void expect(int tasks) {
		this.left = new CountDownLatch(tasks);
	}

	long await() throws InterruptedException {
		this.left.await();
		return this.handledAt;
	}

	@IkigaiTaskListener(queue = QueueWorkloads.LISTENED, concurrency = "16")
	void handle(String json) {
		this.handledAt = System.nanoTime();
		this.left.countDown();
	}

}
