package io.ikigai.platform.listener;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads in which the handlers of one listener run, named after it. Their number is
 * bounded by the slots of the {@link ListenerRun}. The pool has no bound of its own: a
 * slot is free a moment before its thread is, and nothing may be rejected then.
 */
final class WorkerThreads {

	private static final long KEEP_ALIVE_SECONDS = 10;

	private final Executor executor;

	WorkerThreads(String listener, Concurrency concurrency, boolean virtual) {
		this.executor = (virtual) ? virtualThreads(listener)
				: new ThreadPoolExecutor(concurrency.kept(), Integer.MAX_VALUE, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS,
						new SynchronousQueue<>(), new CustomizableThreadFactory(listener + "-"));
	}

	private static Executor virtualThreads(String listener) {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(listener + "-");
		executor.setVirtualThreads(true);
		return executor;
	}

	void execute(Runnable work) {
		this.executor.execute(work);
	}

	/**
	 * Lets the threads end with what they are at.
	 */
	void end() {
		if (this.executor instanceof ThreadPoolExecutor pool) {
			pool.shutdown();
		}
	}

}
