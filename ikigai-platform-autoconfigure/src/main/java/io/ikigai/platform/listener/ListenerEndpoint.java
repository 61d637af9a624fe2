package io.ikigai.platform.listener;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import io.ikigai.platform.IkigaiHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * What every listener has, whatever it listens to: resolved and checked.
 *
 * @param id unique in the application
 * @param kind what it listens to
 * @param destination the name of the queue, the mailbox or the topic
 * @param handlers the method that handles, or, of a listening class, its methods
 * @param concurrency how many calls at the same time
 * @param autoStartup whether to start with the application
 * @param results where what the handler returns is sent, if it says so
 */
record ListenerEndpoint(String id, ListenerKind kind, String destination, List<Handler> handlers,
		Concurrency concurrency, boolean autoStartup, @Nullable SentResult results) {

	/**
	 * The method that stands for all in what is said about the listener.
	 */
	Handler handler() {
		return this.handlers.get(0);
	}

	ListenerEndpoint handledBy(Handler other) {
		return new ListenerEndpoint(this.id, this.kind, this.destination, List.of(other), this.concurrency,
				this.autoStartup, null);
	}

	/**
	 * Opens what is listened to.
	 * @param destinations by their names
	 * @return the destination
	 * @throws InvalidListenerException if there can be none of that name
	 */
	<D> D open(Function<String, D> destinations) {
		try {
			return destinations.apply(this.destination);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidListenerException("The listener method %s cannot listen to its %s: %s"
				.formatted(handler().description(), this.kind.word(), ex.getMessage()), ex);
		}
	}

	/**
	 * The method that handles.
	 *
	 * @param bean the bean, with its proxies
	 * @param beanName the bean's name
	 * @param type the class of the bean, without proxies
	 * @param method the method as this class declares it
	 * @param invocable the method to invoke on the bean
	 * @param types what it handles of a listening class: values of the header
	 * {@code type}; empty for everything that no other method handles
	 */
	record Handler(Object bean, String beanName, Class<?> type, Method method, Method invocable, Set<String> types) {

		/**
		 * Whether it is one of the methods of a listening class.
		 */
		boolean ofClass() {
			return AnnotatedElementUtils.hasAnnotation(this.method, IkigaiHandler.class);
		}

		String classDescription() {
			return "%s (bean '%s')".formatted(this.type.getName(), this.beanName);
		}

		String description() {
			return "%s.%s (bean '%s')".formatted(this.type.getName(), this.method.getName(), this.beanName);
		}

		InvalidListenerException refuse(String why) {
			return new InvalidListenerException("The listener method %s %s".formatted(description(), why), null);
		}

	}

}
