package io.ikigai.platform.listener;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads that all listeners of an application share: one for what is due at a time,
 * and a few that claim. An idle listener has no thread of its own.
 */
final class ListenerThreads {

	private static final int CLAIMERS = 4;

	/** More of them than claims can hang, each for its time limit. */
	private static final int MOST_CLAIMERS = 256;

	private static final long LOOK_MILLIS = 1000;

	private final ScheduledThreadPoolExecutor timer;

	private final ThreadPoolExecutor claimers;

	private final AtomicBoolean looking = new AtomicBoolean();

	private final SlowPoll slowPoll;

	private final BiConsumer<String, Throwable> errors;

	/**
	 * Creates the threads; none runs yet.
	 * @param errors is told which listener cannot take its work, and why
	 */
	ListenerThreads(BiConsumer<String, Throwable> errors) {
		this.errors = errors;
		// Not a daemon: it keeps an application alive that does nothing but listen
		this.timer = new ScheduledThreadPoolExecutor(1, new CustomizableThreadFactory("ikigai-listener-timer-"));
		this.timer.setRemoveOnCancelPolicy(true);
		CustomizableThreadFactory claimerThreads = new CustomizableThreadFactory("ikigai-listener-claims-");
		claimerThreads.setDaemon(true);
		this.claimers = new ThreadPoolExecutor(CLAIMERS, MOST_CLAIMERS, 10, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), claimerThreads);
		this.claimers.allowCoreThreadTimeOut(true);
		this.slowPoll = new SlowPoll(this.timer);
	}

	/**
	 * Returns the timer. What it runs must not block.
	 * @return the timer
	 */
	ScheduledExecutorService timer() {
		return this.timer;
	}

	/**
	 * Returns the threads that claim and give back. There are more of them while those
	 * that there are have ended nothing for a second: a backend that does not answer must
	 * not stop the listeners of others.
	 * @return an executor that rejects nothing until the shutdown
	 */
	Executor claimers() {
		return this::claim;
	}

	private void claim(Runnable task) {
		this.claimers.execute(task);
		if (!this.claimers.getQueue().isEmpty() && this.looking.compareAndSet(false, true)) {
			lookAgain(this.claimers.getCompletedTaskCount());
		}
	}

	private void lookAgain(long ended) {
		try {
			this.timer.schedule(() -> look(ended), LOOK_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			// The shutdown: what is left runs with the threads there are
			this.looking.set(false);
		}
	}

	private void look(long before) {
		long ended = this.claimers.getCompletedTaskCount();
		if (this.claimers.getQueue().isEmpty()) {
			this.claimers.setCorePoolSize(CLAIMERS);
			this.looking.set(false);
		}
		else {
			if (ended == before) {
				this.claimers.setCorePoolSize(Math.min(MOST_CLAIMERS, this.claimers.getCorePoolSize() + CLAIMERS));
			}
			lookAgain(ended);
		}
	}

	/**
	 * Returns what wakes listeners now and then.
	 * @return the poll, one for all
	 */
	SlowPoll slowPoll() {
		return this.slowPoll;
	}

	/**
	 * Keeps the application alive until the shutdown, as listeners that use the timer do.
	 */
	void keepAlive() {
		this.timer.prestartCoreThread();
	}

	/**
	 * Returns who is told of a listener that cannot take its work.
	 * @return gets the listener's id, and why
	 */
	BiConsumer<String, Throwable> errors() {
		return this.errors;
	}

	void shutdown() {
		this.timer.shutdownNow();
		this.claimers.shutdown();
	}

}
