package io.ikigai.platform.listener;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;

/**
 * Stands around the calls of all listeners' handlers: a bean of this type. Several are
 * asked in their order. Called by several threads.
 */
@FunctionalInterface
public interface ListenerInterceptor {

	/**
	 * Calls the handler, or does something else.
	 * @param call the call
	 * @return what the handler returned, or something else
	 * @throws Exception what the handler threw, or something else; it is a failed attempt
	 */
	@Nullable Object intercept(Call call) throws Exception;

	/**
	 * A call of a handler.
	 */
	interface Call {

		/**
		 * Returns the listener.
		 * @return its id
		 */
		String listener();

		/**
		 * Returns what it listens to.
		 * @return the kind
		 */
		ListenerKind kind();

		/**
		 * Returns the name of the queue, the mailbox or the topic.
		 * @return the name
		 */
		String destination();

		/**
		 * Returns what the call is for, with its headers: one message, or those of a
		 * batch. The payload is the {@code Task} or the {@code MailboxMessage}.
		 * @return the messages
		 */
		List<? extends Message<?>> messages();

		/**
		 * Goes on to the next interceptor, or to the handler.
		 * @return what it returned
		 * @throws Exception what it threw
		 */
		@Nullable Object proceed() throws Exception;

	}

}
