package io.ikigai.platform.listener;

/**
 * What a handler is called for.
 */
interface Handled {

	/**
	 * Returns it as the arguments of the handler are made of it.
	 * @return the message
	 */
	HandlerMessage message();

}
