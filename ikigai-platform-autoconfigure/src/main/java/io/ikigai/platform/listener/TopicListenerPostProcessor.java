package io.ikigai.platform.listener;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.pubsub.TopicListener;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.annotation.MergedAnnotation;

/**
 * Registers the methods with {@link TopicListener}. Needs the beans
 * {@link ListenerRegistry} and {@link TopicListenerContainerFactory} if there are any.
 */
public final class TopicListenerPostProcessor extends ListenerPostProcessor<TopicListener> {

	/**
	 * Creates the post-processor.
	 */
	public TopicListenerPostProcessor() {
		super(TopicListener.class);
	}

	@Override
	ListenerContainer register(MergedAnnotation<TopicListener> annotation, List<Handler> handlers,
			ConfigurableBeanFactory beans) {
		ListenerAttributes attributes = new ListenerAttributes(annotation, beans, handlers);
		Handler handler = handlers.get(0);
		Set<String> topics = new LinkedHashSet<>(attributes.texts("topics"));
		if (topics.isEmpty() || topics.contains("")) {
			throw new InvalidListenerException(
					"%s: topics = %s is not allowed. Allowed: the names of the topics to listen to"
						.formatted(attributes.describe(), topics),
					null);
		}
		ListenerEndpoint endpoint = attributes.listener(ListenerKind.TOPIC, String.join(", ", topics),
				Concurrency.parse("1"));
		Class<?> returned = handler.method().getReturnType();
		if (returned != void.class && returned != Void.class && endpoint.results() == null
				&& !AsyncResult.is(returned)) {
			throw handler.refuse("returns a %s, but must return void, or have @SendTo: there is nobody to get it"
				.formatted(returned.getSimpleName()));
		}
		TopicListenerContainerFactory factory = beans.getBean(TopicListenerContainerFactory.class);
		return beans.getBean(ListenerRegistry.class)
			.register(endpoint, (threads) -> factory.create(endpoint, topics, threads));
	}

}
