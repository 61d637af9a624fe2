package io.ikigai.platform.listener;

import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;

import org.springframework.aop.Advisor;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.interceptor.AsyncExecutionInterceptor;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.annotation.Async;

/**
 * Refuses handlers that another thread runs and that return nothing to wait for: what
 * they handle would be settled before they have run, and their exceptions would be lost.
 */
final class AsyncHandlers {

	private AsyncHandlers() {
	}

	/**
	 * Checks a handler.
	 * @param handler the handler
	 * @throws InvalidListenerException if it is asynchronous and does not return a future
	 */
	static void check(Handler handler) {
		Class<?> returned = handler.method().getReturnType();
		if (isAsync(handler) && !Future.class.isAssignableFrom(returned)) {
			throw handler
				.refuse("is @Async and returns %s: what it handles would be done before it has run, and its exceptions"
					.formatted(returned.getSimpleName())
						+ " would be lost. Return a CompletableFuture, or remove @Async: listeners have threads of their own");
		}
	}

	private static boolean isAsync(Handler handler) {
		return AnnotatedElementUtils.hasAnnotation(handler.method(), Async.class)
				|| AnnotatedElementUtils.hasAnnotation(handler.type(), Async.class)
				|| (handler.bean() instanceof Advised advised
						&& Stream.of(advised.getAdvisors()).anyMatch((each) -> isAsync(each, handler)));
	}

	// Also by an annotation of the application's own, which @EnableAsync names
	private static boolean isAsync(Advisor advisor, Handler handler) {
		return advisor.getAdvice() instanceof AsyncExecutionInterceptor
				&& (!(advisor instanceof PointcutAdvisor pointed)
						|| (pointed.getPointcut().getClassFilter().matches(handler.type())
								&& pointed.getPointcut().getMethodMatcher().matches(handler.method(), handler.type())));
	}

}
