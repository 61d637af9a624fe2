package io.ikigai.benchmarks.service;

/**
 * What passes messages from publishers to subscribers.
 */
public interface Broker extends AutoCloseable {

	/**
	 * Begins to receive.
	 * @param received is run for each message
	 * @return what ends it
	 * @throws Exception if it can't be had
	 */
	AutoCloseable subscribe(Runnable received) throws Exception;

	/**
	 * Publishes.
	 * @param text the message
	 * @throws Exception if it can't be done
	 */
	void publish(String text) throws Exception;

}
