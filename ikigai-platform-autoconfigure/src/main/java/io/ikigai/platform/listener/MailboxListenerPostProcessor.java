package io.ikigai.platform.listener;

import java.util.List;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.mailbox.MailboxListener;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.annotation.MergedAnnotation;

/**
 * Registers the methods and classes with {@link MailboxListener}. Needs the beans
 * {@link ListenerRegistry} and {@link MailboxListenerContainerFactory} if there are any.
 */
public final class MailboxListenerPostProcessor extends ListenerPostProcessor<MailboxListener> {

	/**
	 * Creates the post-processor.
	 */
	public MailboxListenerPostProcessor() {
		super(MailboxListener.class);
	}

	@Override
	ListenerContainer register(MergedAnnotation<MailboxListener> annotation, List<Handler> handlers,
			ConfigurableBeanFactory beans) {
		return new MailboxEndpoints(beans).register(annotation, handlers);
	}

}
