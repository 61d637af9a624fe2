package io.ikigai.platform.listener;

import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import io.ikigai.platform.RetryPolicy;
import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.TaskErrorHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.annotation.MergedAnnotation;

/**
 * Reads the endpoints of {@link IkigaiTaskListener} annotations and registers them.
 */
final class TaskEndpoints {

	private static final int DEFAULT_BATCH = 100;

	private static final Duration LONGEST = Duration.ofDays(365);

	private final ConfigurableBeanFactory beanFactory;

	private final ListenerRegistry registry;

	TaskEndpoints(ConfigurableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
		this.registry = beanFactory.getBean(ListenerRegistry.class);
	}

	void register(MergedAnnotation<IkigaiTaskListener> annotation, Handler handler) {
		ListenerAttributes attributes = new ListenerAttributes(annotation, this.beanFactory, handler.description());
		TaskListenerContainerFactory factory = attributes.bean("containerFactory", TaskListenerContainerFactory.class);
		if (factory == null) {
			factory = this.beanFactory.getBean(TaskListenerContainerFactory.DEFAULT_BEAN_NAME,
					TaskListenerContainerFactory.class);
		}
		ClaimMode claimMode = annotation.getEnum("claim", ClaimMode.class);
		ListenerEndpoint endpoint = endpoint(attributes, handler, claimMode, factory.settings());
		check(endpoint);
		this.registry.register(endpoint, factory);
	}

	private ListenerEndpoint endpoint(ListenerAttributes attributes, Handler handler, ClaimMode claimMode,
			TaskListenerSettings settings) {
		String queue = queue(attributes);
		String id = attributes.text("id");
		if (id.isEmpty()) {
			id = "%s.%s:%s".formatted(handler.beanName(), handler.method().getName(), queue);
		}
		RetryPolicy defaults = settings.retry();
		RetryPolicy retry = new RetryPolicy(
				attributes.number("maxAttempts", defaults.maxAttempts(), 1, Integer.MAX_VALUE,
						"a number of at least 1"),
				attributes.duration("delay", defaults.delay(), Duration.ZERO, LONGEST),
				attributes.factor("multiplier", defaults.multiplier()),
				attributes.duration("maxDelay", defaults.maxDelay(), Duration.ZERO, LONGEST),
				attributes.duration("jitter", defaults.jitter(), Duration.ZERO, LONGEST));
		return new ListenerEndpoint(id, queue, handler, attributes.concurrency("concurrency", settings.concurrency()),
				claimMode, attributes.duration("lease", settings.lease(), Duration.ofSeconds(1), Duration.ofDays(1)),
				timeout(attributes), batch(attributes), retry, attributes.bean("errorHandler", TaskErrorHandler.class),
				attributes.flag("autoStartup", true));
	}

	private static String queue(ListenerAttributes attributes) {
		String value = attributes.text("value");
		String queue = attributes.text("queue");
		if (value.isEmpty() && queue.isEmpty()) {
			throw attributes.invalid("queue", "", "the name of the queue to listen to, here or as the value", null);
		}
		if (!value.isEmpty() && !queue.isEmpty() && !value.equals(queue)) {
			throw attributes.invalid("queue", queue, "only one of queue and value (\"%s\")".formatted(value), null);
		}
		return (queue.isEmpty()) ? value : queue;
	}

	private static @Nullable Duration timeout(ListenerAttributes attributes) {
		return (attributes.text("timeout").isEmpty()) ? null
				: attributes.duration("timeout", Duration.ZERO, Duration.ofMillis(1), LONGEST);
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

	private static void check(ListenerEndpoint endpoint) {
		Handler handler = endpoint.handler();
		Class<?> returned = handler.method().getReturnType();
		if (Future.class.isAssignableFrom(returned) || CompletionStage.class.isAssignableFrom(returned)) {
			throw refuse(handler, "returns a %s, but a task is completed when its handler returns: return the result"
				.formatted(returned.getSimpleName()));
		}
		if (endpoint.batched() && returned != void.class) {
			throw refuse(handler, "handles batches and must return void: a result belongs to one task");
		}
		if (AopUtils.isCglibProxy(handler.bean()) && Modifier.isFinal(handler.method().getModifiers())) {
			throw refuse(handler, "must not be final, because its bean is proxied");
		}
	}

	private static InvalidListenerException refuse(Handler handler, String why) {
		return new InvalidListenerException("The listener method %s %s".formatted(handler.description(), why), null);
	}

}
