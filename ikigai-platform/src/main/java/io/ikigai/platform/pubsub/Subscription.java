package io.ikigai.platform.pubsub;

/**
 * A subscription to a topic. Safe for use by several threads.
 */
@FunctionalInterface
public interface Subscription extends AutoCloseable {

	/**
	 * Ends the subscription. A second call does nothing.
	 */
	@Override
	void close();

}
