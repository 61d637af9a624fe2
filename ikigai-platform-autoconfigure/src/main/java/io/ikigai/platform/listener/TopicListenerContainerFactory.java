package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.pubsub.ListenedTopics;
import io.ikigai.platform.pubsub.PublishedMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.util.ReflectionUtils;
import org.springframework.validation.Validator;

/**
 * Makes the containers of {@code @TopicListener} methods.
 */
public final class TopicListenerContainerFactory implements BeanFactoryAware {

	/** Of no matter here: nothing is polled for. */
	private static final Duration POLL_INTERVAL = Duration.ofMinutes(1);

	private final Function<Set<String>, ListenedTopics> topics;

	private final ContainerSettings settings;

	private final @Nullable Validator validator;

	private @Nullable ConfigurableBeanFactory beanFactory;

	/**
	 * Creates a factory.
	 * @param topics the topics by their names
	 * @param shutdownTimeout how long a running handler may go on once its listener stops
	 * @param validator for payloads with {@code @Valid}, if there is one
	 */
	public TopicListenerContainerFactory(Function<Set<String>, ListenedTopics> topics, Duration shutdownTimeout,
			@Nullable Validator validator) {
		this.topics = topics;
		this.settings = new ContainerSettings(POLL_INTERVAL, shutdownTimeout, false);
		this.validator = validator;
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = (ConfigurableBeanFactory) beanFactory;
	}

	/**
	 * Adds a listener. It is not started: whoever adds it starts it, and takes it away
	 * with {@link ListenerRegistry#remove}. What ends the application stops it, too.
	 * @param listener the listener
	 * @param registry the application's listeners
	 * @return its container
	 * @throws InvalidListenerException if there can be no such listener, or one has the
	 * same id
	 */
	public ListenerContainer add(AddedTopicListener listener, ListenerRegistry registry) {
		ListenerEndpoint endpoint = AddedHandlers.endpoint(listener);
		return registry.register(endpoint, (threads) -> create(endpoint, Set.of(listener.topic()), threads));
	}

	TopicListenerContainer create(ListenerEndpoint endpoint, Set<String> names, ListenerThreads threads) {
		ConfigurableBeanFactory beans = Objects.requireNonNull(this.beanFactory, "the factory must be a bean");
		Handler handler = endpoint.handler();
		ListenerInvoker invoker = ListenerContainerFactory.invoker(beans, endpoint,
				new HandlerArguments(beans, this.validator).of(handler, PublishedMessage.class, false, false), false);
		ListenedTopics listened = topics(handler, names);
		return new TopicListenerContainer(endpoint, Collections.unmodifiableSet(names), this.settings, () -> {
			threads.keepAlive();
			return new TopicActivity(listened.subscribe((message) -> handle(invoker, endpoint.results(), message)));
		});
	}

	private ListenedTopics topics(Handler handler, Set<String> names) {
		try {
			return this.topics.apply(names);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidListenerException("The listener method %s cannot listen to its topics: %s"
				.formatted(handler.description(), ex.getMessage()), ex);
		}
	}

	private static void handle(ListenerInvoker invoker, @Nullable SentResult results, PublishedMessage message) {
		PublishedHandlerMessage handled = new PublishedHandlerMessage(message);
		ListenerInvoker.Delivery<PublishedHandlerMessage> delivery = invoker.prepare(List.of(handled));
		Throwable unfit = delivery.unfit().get(handled);
		try {
			if (unfit != null) {
				throw unfit;
			}
			Object result = invoker.invoke(delivery);
			if (result != null && results != null) {
				results.send(result);
			}
		}
		catch (Throwable ex) {
			// Logged and counted as it was thrown
			ReflectionUtils.rethrowRuntimeException(ex);
		}
	}

}
