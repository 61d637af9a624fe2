package io.ikigai.benchmarks.service;

import java.util.Map;

import io.ikigai.platform.pubsub.PubSub;

/**
 * Ours.
 */
public final class IkigaiBroker implements Broker {

	private static final String TOPIC = "benchmark";

	private final ServiceApplication application;

	private final PubSub pubsub;

	/**
	 * Starts the application.
	 * @param url the database
	 * @param arguments properties of the platform
	 */
	public IkigaiBroker(String url, String[] arguments) {
		this.application = ServiceApplication.start(url, arguments, Map.of());
		this.pubsub = this.application.platform().pubsub();
	}

	@Override
	public AutoCloseable subscribe(Runnable received) {
		return this.pubsub.subscribe(TOPIC, String.class, (message) -> received.run());
	}

	@Override
	public void publish(String text) {
		this.pubsub.publish(TOPIC, text);
	}

	@Override
	public void close() {
		this.application.close();
	}

}
