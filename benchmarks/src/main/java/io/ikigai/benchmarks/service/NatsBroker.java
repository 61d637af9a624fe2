package io.ikigai.benchmarks.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Nats;

/**
 * Core NATS, which answers no publisher: it only takes the message.
 */
public final class NatsBroker implements Broker {

	private static final String SUBJECT = "benchmark";

	private final Connection connection;

	/**
	 * Connects.
	 * @param server the server
	 * @throws IOException if it does not answer
	 * @throws InterruptedException if interrupted
	 */
	public NatsBroker(PeerServer server) throws IOException, InterruptedException {
		this.connection = Nats.connect("nats://127.0.0.1:" + server.port());
	}

	@Override
	public AutoCloseable subscribe(Runnable received) throws Exception {
		Dispatcher dispatcher = this.connection.createDispatcher((message) -> received.run());
		dispatcher.setPendingLimits(-1, -1);
		dispatcher.subscribe(SUBJECT);
		this.connection.flush(Duration.ofSeconds(5));
		return () -> this.connection.closeDispatcher(dispatcher);
	}

	@Override
	public void publish(String text) {
		this.connection.publish(SUBJECT, text.getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public void close() throws InterruptedException {
		this.connection.close();
	}

}
