package io.ikigai.platform.listener;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.queue.IkigaiTaskListener;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.annotation.MergedAnnotation;

/**
 * Registers the methods with {@link IkigaiTaskListener}. Needs the beans
 * {@link ListenerRegistry} and {@link TaskListenerContainerFactory} if there are any.
 */
public final class IkigaiTaskListenerPostProcessor extends ListenerPostProcessor<IkigaiTaskListener> {

	/**
	 * Creates the post-processor.
	 */
	public IkigaiTaskListenerPostProcessor() {
		super(IkigaiTaskListener.class);
	}

	@Override
	void register(MergedAnnotation<IkigaiTaskListener> annotation, Handler handler, ConfigurableBeanFactory beans) {
		new TaskEndpoints(beans).register(annotation, handler);
	}

}
