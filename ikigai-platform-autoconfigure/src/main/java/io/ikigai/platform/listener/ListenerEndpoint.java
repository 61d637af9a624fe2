package io.ikigai.platform.listener;

import java.lang.reflect.Method;
import java.time.Duration;

import io.ikigai.platform.RetryPolicy;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.TaskErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * A listener as it was declared, resolved and checked.
 *
 * @param id unique in the application
 * @param queue the queue's name
 * @param handler the method that handles
 * @param concurrency how many calls at the same time
 * @param claimMode how tasks are claimed
 * @param lease how long a claim lasts without an extension
 * @param timeout after how long a call is interrupted, if at all
 * @param batch how many tasks a call gets at most; 0 for one that is not in a list
 * @param retry what happens after a failed attempt
 * @param errorHandler asked when the handler throws
 * @param autoStartup whether to start with the application
 */
record ListenerEndpoint(String id, String queue, Handler handler, Concurrency concurrency, ClaimMode claimMode,
		Duration lease, @Nullable Duration timeout, int batch, RetryPolicy retry,
		@Nullable TaskErrorHandler errorHandler, boolean autoStartup) {

	boolean batched() {
		return this.batch > 0;
	}

	int tasksPerCall() {
		return Math.max(1, this.batch);
	}

	/**
	 * The method that handles.
	 *
	 * @param bean the bean, with its proxies
	 * @param beanName the bean's name
	 * @param type the class of the bean, without proxies
	 * @param method the method as this class declares it
	 * @param invocable the method to invoke on the bean
	 */
	record Handler(Object bean, String beanName, Class<?> type, Method method, Method invocable) {

		String description() {
			return "%s.%s (bean '%s')".formatted(this.type.getName(), this.method.getName(), this.beanName);
		}

	}

}
