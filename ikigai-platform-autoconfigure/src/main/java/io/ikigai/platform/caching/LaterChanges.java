package io.ikigai.platform.caching;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.scheduler.NonBlocking;

import org.springframework.util.ClassUtils;

/**
 * Changes that threads make which must not block, such as those that serve requests in
 * WebFlux: other threads make them, one after the other in each cache, and what is
 * retrieved later waits for them. Safe for use by several threads.
 */
final class LaterChanges {

	private static final Log logger = LogFactory.getLog(LaterChanges.class);

	private static final boolean REACTOR = ClassUtils.isPresent("reactor.core.scheduler.NonBlocking",
			LaterChanges.class.getClassLoader());

	private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

	private final Map<String, CompletableFuture<Void>> last = new ConcurrentHashMap<>();

	/**
	 * Makes a change, at once if the current thread may block.
	 */
	void change(String cache, Executor threads, Runnable change) {
		if (!REACTOR || !Reactor.mustNotBlock()) {
			change.run();
			return;
		}
		CompletableFuture<Void> done = this.last.compute(cache, (name,
				before) -> ((before != null) ? before : DONE).thenRunAsync(change, threads).exceptionally((ex) -> {
					logger.warn("A change of cache '" + cache + "' that a non-blocking thread asked for failed", ex);
					return null;
				}));
		done.whenComplete((nothing, ex) -> this.last.remove(cache, done));
	}

	/**
	 * Returns when the changes are made that were asked for before.
	 */
	CompletableFuture<Void> settled(String cache) {
		return this.last.getOrDefault(cache, DONE);
	}

	private static final class Reactor {

		static boolean mustNotBlock() {
			return Thread.currentThread() instanceof NonBlocking;
		}

	}

}
