package io.ikigai.benchmarks.service;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;

/**
 * Redis by Lettuce's synchronous commands.
 */
public final class RedisBroker implements Broker {

	private static final String CHANNEL = "benchmark";

	private final RedisClient client;

	private final StatefulRedisConnection<String, String> connection;

	/**
	 * Connects.
	 * @param server the server
	 */
	public RedisBroker(PeerServer server) {
		this.client = RedisClient.create(RedisURI.create("127.0.0.1", server.port()));
		this.connection = this.client.connect();
	}

	@Override
	public AutoCloseable subscribe(Runnable received) {
		StatefulRedisPubSubConnection<String, String> subscriber = this.client.connectPubSub();
		subscriber.addListener(new RedisPubSubAdapter<>() {
			@Override
			public void message(String channel, String message) {
				received.run();
			}
		});
		subscriber.sync().subscribe(CHANNEL);
		return subscriber;
	}

	@Override
	public void publish(String text) {
		this.connection.sync().publish(CHANNEL, text);
	}

	@Override
	public void close() {
		this.client.shutdown();
	}

}
