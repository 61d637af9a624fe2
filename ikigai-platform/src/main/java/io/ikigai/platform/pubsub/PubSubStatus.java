package io.ikigai.platform.pubsub;

/**
 * How publish and subscribe fare in this process. Counts are since the start.
 */
public interface PubSubStatus {

	/**
	 * Returns how many subscriptions are open.
	 * @return how many
	 */
	int subscriptions();

	/**
	 * Returns how many messages handlers have handled.
	 * @return how many
	 */
	long handled();

	/**
	 * Returns how many messages handlers failed on, or could not be read as the handler's
	 * type.
	 * @return how many
	 */
	long failed();

	/**
	 * Returns how many times a subscription may have missed messages for good, because it
	 * was away or behind for longer than they are kept.
	 * @return how many times
	 */
	long missed();

}
