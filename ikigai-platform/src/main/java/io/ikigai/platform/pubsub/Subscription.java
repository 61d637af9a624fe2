package io.ikigai.platform.pubsub;

/**
 * A subscription to a topic. Safe for use by several threads.
 */
@FunctionalInterface
public interface Subscription extends AutoCloseable {

	/**
	 * Ends the subscription: the handler is not called any more when this returns. Waits
	 * for a call that is under way, unless this is called by the handler itself; after
	 * ten seconds that call is interrupted. A second call changes nothing.
	 */
	@Override
	void close();

}
