package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.List;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.TaskErrorHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.annotation.MergedAnnotation;

/**
 * Reads the endpoints of {@link IkigaiTaskListener} annotations and registers them.
 */
final class TaskEndpoints {

	private static final int DEFAULT_BATCH = 100;

	private final ConfigurableBeanFactory beanFactory;

	TaskEndpoints(ConfigurableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	ListenerContainer register(MergedAnnotation<IkigaiTaskListener> annotation, List<Handler> handlers) {
		ListenerAttributes attributes = new ListenerAttributes(annotation, this.beanFactory, handlers);
		TaskListenerContainerFactory factory = attributes.containerFactory(TaskListenerContainerFactory.class,
				TaskListenerContainerFactory.DEFAULT_BEAN_NAME);
		TaskEndpoint endpoint = endpoint(attributes, annotation.getEnum("claim", ClaimMode.class), factory.settings());
		handlers.forEach((handler) -> check(handler, endpoint));
		return this.beanFactory.getBean(ListenerRegistry.class)
			.register(endpoint.listener(), (threads) -> factory.create(endpoint, threads));
	}

	private static void check(Handler handler, TaskEndpoint endpoint) {
		Class<?> returned = handler.method().getReturnType();
		if (endpoint.batched() && handler.ofClass()) {
			throw handler
				.refuse("is one of several of its class, and cannot get batches, which may hold tasks for others");
		}
		if (endpoint.batched()
				&& ((returned != void.class && !AsyncResult.is(returned)) || endpoint.listener().results() != null)) {
			throw handler.refuse("handles batches and must return void: a result belongs to one task");
		}
		if (endpoint.claimMode() == ClaimMode.TRANSACTION && AsyncResult.is(returned)) {
			throw handler.refuse("returns a %s, and has claim = TRANSACTION: what it does later would not be in it"
				.formatted(returned.getSimpleName()));
		}
	}

	private static TaskEndpoint endpoint(ListenerAttributes attributes, ClaimMode claimMode,
			TaskListenerSettings settings) {
		ListenerEndpoint listener = attributes.listener(ListenerKind.QUEUE, attributes.destination(ListenerKind.QUEUE),
				attributes.concurrency("concurrency", settings.concurrency()));
		return new TaskEndpoint(listener, claimMode,
				attributes.duration("lease", settings.lease(), Duration.ofSeconds(1), Duration.ofDays(1)),
				timeout(attributes), batch(attributes), attributes.retry(settings.retry()),
				attributes.bean("errorHandler", TaskErrorHandler.class));
	}

	private static @Nullable Duration timeout(ListenerAttributes attributes) {
		return (attributes.text("timeout").isEmpty()) ? null
				: attributes.duration("timeout", Duration.ZERO, Duration.ofMillis(1), ListenerAttributes.LONGEST);
	}

	private static int batch(ListenerAttributes attributes) {
		String text = attributes.text("batch");
		if (text.equalsIgnoreCase("true")) {
			return DEFAULT_BATCH;
		}
		if (text.equalsIgnoreCase("false")) {
			return 0;
		}
		return attributes.number("batch", 0, 1, 1000, "true (100), false, or a number from 1 to 1000");
	}

}
