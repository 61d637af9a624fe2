package io.ikigai.platform.testservers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A cluster of three real RabbitMQ servers, for tests, each of which may be stopped and
 * started. It ends with this JVM at the latest. Thread-safe.
 */
public final class RabbitmqCluster implements AutoCloseable {

	private final ScriptedServer script;

	/**
	 * Starts a cluster.
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public RabbitmqCluster() {
		AtomicReference<ScriptedServer> started = new AtomicReference<>();
		LinkedHashMap<String, Supplier<RunningServer>> ways = new LinkedHashMap<>();
		for (String way : List.of("packages", "machine")) {
			ways.put(way, () -> {
				started.set(new ScriptedServer("rabbitmqcluster", way));
				return started.get();
			});
		}
		new ServerProvision("RabbitMQ cluster", "IKIGAI_TEST_RABBITMQ_CLUSTER",
				"See the advice for one RabbitMQ server.", ways)
			.start();
		this.script = started.get();
	}

	/**
	 * Where the servers are, with their password.
	 * @return the URL, {@code amqp://…}, its hosts joined by commas
	 */
	public String url() {
		List<String> hosts = new ArrayList<>();
		for (int node = 1; node <= 3; node++) {
			hosts.add("127.0.0." + node + ":" + this.script.port());
		}
		return "amqp://ikigai:" + this.script.password() + "@" + String.join(",", hosts);
	}

	/**
	 * Stop a server, and wait until it has ended.
	 * @param node which one, from 1 to 3
	 * @param shutdown how to stop it
	 */
	public void stop(int node, Shutdown shutdown) {
		this.script.command("stop " + shutdown.name().toLowerCase(Locale.ROOT) + " " + node);
	}

	/**
	 * Start a stopped server, and wait until clients may connect.
	 * @param node which one, from 1 to 3
	 */
	public void start(int node) {
		this.script.command("start " + node);
	}

	/**
	 * End the servers and remove their data.
	 */
	@Override
	public void close() {
		this.script.close();
	}

}
