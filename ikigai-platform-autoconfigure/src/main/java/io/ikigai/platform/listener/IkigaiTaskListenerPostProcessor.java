package io.ikigai.platform.listener;

import java.util.List;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.queue.IkigaiTaskListener;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.annotation.MergedAnnotation;

/**
 * Registers the methods and classes with {@link IkigaiTaskListener}. Needs the beans
 * {@link ListenerRegistry} and {@link TaskListenerContainerFactory} if there are any.
 */
public final class IkigaiTaskListenerPostProcessor extends ListenerPostProcessor<IkigaiTaskListener> {

	/**
	 * Creates the post-processor.
	 */
	public IkigaiTaskListenerPostProcessor() {
		super(IkigaiTaskListener.class);
	}

	// Here, because one of the post-processors is enough
	@Override
	void inspect(Class<?> type, String beanName) {
		ClassHandlers.refuseUncalled(type, beanName);
	}

	@Override
	ListenerContainer register(MergedAnnotation<IkigaiTaskListener> annotation, List<Handler> handlers,
			ConfigurableBeanFactory beans) {
		return new TaskEndpoints(beans).register(annotation, handlers);
	}

}
