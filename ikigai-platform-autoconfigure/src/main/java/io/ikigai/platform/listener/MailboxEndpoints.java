package io.ikigai.platform.listener;

import java.util.List;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.mailbox.MailboxErrorHandler;
import io.ikigai.platform.mailbox.MailboxListener;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.annotation.MergedAnnotation;

/**
 * Reads the endpoints of {@link MailboxListener} annotations and registers them.
 */
final class MailboxEndpoints {

	private static final String RESERVED = "ikigai-reply-";

	private final ConfigurableBeanFactory beanFactory;

	MailboxEndpoints(ConfigurableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	ListenerContainer register(MergedAnnotation<MailboxListener> annotation, List<Handler> handlers) {
		ListenerAttributes attributes = new ListenerAttributes(annotation, this.beanFactory, handlers);
		MailboxListenerContainerFactory factory = attributes.containerFactory(MailboxListenerContainerFactory.class,
				MailboxListenerContainerFactory.DEFAULT_BEAN_NAME);
		MailboxEndpoint endpoint = endpoint(attributes, factory.settings());
		ListenerRegistry registry = this.beanFactory.getBean(ListenerRegistry.class);
		check(endpoint.listener(), registry);
		return registry.register(endpoint.listener(), (threads) -> factory.create(endpoint, threads));
	}

	private static MailboxEndpoint endpoint(ListenerAttributes attributes, MailboxListenerSettings settings) {
		String mailbox = attributes.destination(ListenerKind.MAILBOX);
		if (mailbox.startsWith(RESERVED)) {
			throw attributes.invalid("mailbox", mailbox,
					"a name that does not begin with " + RESERVED + ", which is kept for replies to ask(..)", null);
		}
		// One at a time is what keeps the order
		return new MailboxEndpoint(attributes.listener(ListenerKind.MAILBOX, mailbox, new Concurrency(0, 1)),
				attributes.retry(settings.retry()), attributes.bean("errorHandler", MailboxErrorHandler.class));
	}

	private static void check(ListenerEndpoint listener, ListenerRegistry registry) {
		registry.containers()
			.stream()
			.filter((other) -> other.kind() == ListenerKind.MAILBOX
					&& other.destination().equals(listener.destination()))
			.findFirst()
			.ifPresent((other) -> {
				throw listener.handler()
					.refuse(("listens to mailbox '%s', which the listener '%s' of this application listens to already: two"
							+ " would not keep its order. Have one of them call the other, or send on to another mailbox")
						.formatted(listener.destination(), other.id()));
			});
	}

}
