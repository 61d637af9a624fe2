package io.ikigai.platform.listener;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Waits for the result of a handler that returned before it was done: a
 * {@code CompletionStage}, a {@code Future}, or, with Reactor, a publisher. Of a
 * publisher of many the result is the list.
 */
final class AsyncResult {

	private static final boolean reactor = ClassUtils.isPresent("reactor.core.publisher.Mono",
			AsyncResult.class.getClassLoader());

	private AsyncResult() {
	}

	static boolean is(Class<?> type) {
		return Future.class.isAssignableFrom(type) || CompletionStage.class.isAssignableFrom(type)
				|| (reactor && Reactive.is(type));
	}

	/**
	 * Waits, if there is something to wait for. An interrupt cancels it.
	 * @param returned what the handler returned
	 * @return the result
	 * @throws Exception what it failed with
	 */
	static @Nullable Object await(@Nullable Object returned) throws Exception {
		Future<?> future = future(returned);
		if (future == null) {
			return returned;
		}
		try {
			return future.get();
		}
		catch (InterruptedException ex) {
			future.cancel(true);
			throw ex;
		}
		catch (ExecutionException ex) {
			ReflectionUtils.rethrowException((ex.getCause() != null) ? ex.getCause() : ex);
			return null;
		}
	}

	private static @Nullable Future<?> future(@Nullable Object returned) {
		if (returned instanceof Future<?> future) {
			return future;
		}
		if (returned instanceof CompletionStage<?> stage) {
			return stage.toCompletableFuture();
		}
		return (reactor && returned != null && Reactive.is(returned.getClass())) ? Reactive.future(returned) : null;
	}

	/**
	 * What takes Reactor.
	 */
	private static final class Reactive {

		static boolean is(Class<?> type) {
			return ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
		}

		static Future<?> future(Object returned) {
			ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(null, returned);
			Publisher<?> publisher = (adapter != null) ? adapter.toPublisher(returned) : Mono.just(returned);
			return (adapter != null && adapter.isMultiValue()) ? Flux.from(publisher).collectList().toFuture()
					: Mono.from(publisher).toFuture();
		}

	}

}
