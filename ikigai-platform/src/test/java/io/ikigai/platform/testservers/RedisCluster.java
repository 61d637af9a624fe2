package io.ikigai.platform.testservers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.ikigai.platform.testing.Waits;
import org.jspecify.annotations.Nullable;

/**
 * A real Redis Cluster of three masters for tests, Redis 7 or later. Its nodes are
 * servers of this machine, as those of {@link RedisServer} without a Docker engine: nodes
 * in containers would tell clients addresses that are not theirs outside. Thread-safe.
 */
public final class RedisCluster {

	private static final int NODES = 3;

	private static final int SLOTS = 16384;

	private static final int BUS_BELOW = 10_000;

	private static final ServerProvision provision = new ServerProvision("a node of a Redis Cluster",
			"IKIGAI_TEST_REDIS_CLUSTER", """
					One of these is needed:
					  - a Linux whose apt is set up for Debian, root, and the right to mount
					  - Linux with Redis 7 or later (on Debian and Ubuntu: apt-get install redis-server)""", ways());

	private static @Nullable RedisCluster shared;

	private final List<RunningServer> nodes = new ArrayList<>();

	private RedisCluster() {
		for (int i = 0; i < NODES; i++) {
			this.nodes.add(provision.start());
		}
		RunningServer first = this.nodes.get(0);
		for (int i = 0; i < NODES; i++) {
			RunningServer node = this.nodes.get(i);
			ask(node, node.password(),
					"CLUSTER ADDSLOTSRANGE " + i * SLOTS / NODES + " " + ((i + 1) * SLOTS / NODES - 1));
			ask(node, node.password(), "CLUSTER MEET 127.0.0.1 " + first.port() + " " + (first.port() - BUS_BELOW));
			ask(node, node.password(), "CONFIG SET requirepass " + first.password());
		}
		this.nodes.forEach((node) -> Waits.await("the Redis Cluster")
			.until(() -> ask(node, first.password(), "CLUSTER INFO").contains("cluster_state:ok")
					&& ask(node, first.password(), "CLUSTER NODES").lines()
						.filter((line) -> line.contains("master"))
						.count() == NODES));
	}

	private static LinkedHashMap<String, Supplier<RunningServer>> ways() {
		LinkedHashMap<String, Supplier<RunningServer>> ways = new LinkedHashMap<>();
		ways.put("packages", () -> new ScriptedServer("redis_cluster", "packages"));
		ways.put("machine", () -> new ScriptedServer("redis_cluster", "machine"));
		return ways;
	}

	/**
	 * The cluster that all tests of this JVM share, started at the first call.
	 * @return a running cluster
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static synchronized RedisCluster shared() {
		RedisCluster cluster = shared;
		if (cluster == null) {
			cluster = new RedisCluster();
			shared = cluster;
		}
		return cluster;
	}

	/**
	 * Where it is, with its password.
	 * @return the URL, {@code redis://…} with the nodes joined by commas
	 */
	public String url() {
		return "redis://:" + password() + "@"
				+ this.nodes.stream().map((node) -> node.host() + ":" + node.port()).collect(Collectors.joining(","));
	}

	/**
	 * Its password.
	 * @return the password
	 */
	public String password() {
		return this.nodes.get(0).password();
	}

	/**
	 * The ports of its nodes.
	 * @return the ports
	 */
	public List<Integer> ports() {
		return this.nodes.stream().map(RunningServer::port).toList();
	}

	private static String ask(RunningServer node, String password, String command) {
		try (Socket socket = new Socket(node.host(), node.port())) {
			socket.getOutputStream()
				.write(("AUTH " + password + "\r\n" + command + "\r\n").getBytes(StandardCharsets.UTF_8));
			BufferedReader answers = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
			String answer = answers.readLine();
			if ("+OK".equals(answer)) {
				answer = answers.readLine();
			}
			if (answer == null || answer.startsWith("-")) {
				throw new IllegalStateException(command.split(" ")[0] + " of Redis: " + answer);
			}
			if (!answer.startsWith("$")) {
				return answer;
			}
			char[] text = new char[Integer.parseInt(answer.substring(1))];
			int read = 0;
			while (read < text.length) {
				int some = answers.read(text, read, text.length - read);
				if (some < 0) {
					throw new IllegalStateException("Redis ended the connection");
				}
				read += some;
			}
			return new String(text);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
