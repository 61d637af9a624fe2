package io.ikigai.platform.faults;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.testing.Waits;

import org.springframework.context.SmartLifecycle;

/**
 * Claims by hand, in turn committed ones and such that belong to a transaction. What
 * fails is left to the end of the lease.
 */
final class HandClaims implements SmartLifecycle {

	private final Platform platform;

	private final Consumers consumers;

	private final CountDownLatch stopped = new CountDownLatch(1);

	private final Thread thread = new Thread(this::work, "by-hand");

	HandClaims(Platform platform, Consumers consumers) {
		this.platform = platform;
		this.consumers = consumers;
	}

	@Override
	public void start() {
		this.thread.start();
	}

	private void work() {
		TaskQueue queue = this.platform.queue(Consumers.BY_HAND);
		while (isRunning()) {
			try {
				queue.claim(Duration.ofSeconds(1)).ifPresent((task) -> {
					this.consumers.begin(task.payload(Piece.class), task);
					task.complete(() -> this.consumers.finish(task.payload(Piece.class), task));
				});
				this.platform.transaction(() -> {
					for (Task task : queue.claim(3)) {
						this.consumers.begin(task.payload(Piece.class), task);
						this.consumers.finish(task.payload(Piece.class), task);
						task.complete();
					}
				});
			}
			catch (RuntimeException ex) {
				pause();
			}
		}
	}

	private void pause() {
		try {
			Waits.pause(Duration.ofMillis(100), this.stopped);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void stop() {
		this.stopped.countDown();
		try {
			this.thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.thread.isAlive() && this.stopped.getCount() > 0;
	}

}
