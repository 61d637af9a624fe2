package io.ikigai.platform.listener;

import org.jspecify.annotations.Nullable;

/**
 * Makes one argument of a handler.
 */
@FunctionalInterface
interface HandlerArgument {

	/**
	 * Makes the argument.
	 * @param message what the handler is called for
	 * @return the argument
	 * @throws Exception if the message does not fit
	 */
	@Nullable Object read(HandlerMessage message) throws Exception;

}
