package io.ikigai.platform.testservers;

import java.util.LinkedHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A real RabbitMQ, 4.0 or later, for tests. It runs when it is handed out, listens on the
 * loopback interface only, asks for a password, and keeps what it has over a restart. It
 * ends with this JVM, however the JVM ends, and its data go with it.
 * <p>
 * Where a Docker engine answers, it is a container; else Debian's packages, unpacked into
 * a folder; else the machine's own. The environment variable {@code IKIGAI_TEST_RABBITMQ}
 * ({@code docker}, {@code packages} or {@code machine}) insists on one of them.
 * Thread-safe.
 */
public final class RabbitmqServer extends TestServer {

	private static final String ADVICE = """
			One of these is needed:
			  - a Docker engine that this user may talk to (the variable DOCKER_HOST says where)
			  - a Linux whose apt is set up for Debian, root, and the right to mount (packages of Debian are unpacked \
			into a folder, nothing is installed)
			  - Linux with RabbitMQ 4.0 or later (on Debian and Ubuntu: apt-get install rabbitmq-server)""";

	private static final ServerProvision provision = new ServerProvision("RabbitMQ", "IKIGAI_TEST_RABBITMQ", ADVICE,
			ways());

	private static @Nullable RabbitmqServer shared;

	private RabbitmqServer(RunningServer running, boolean dedicated) {
		super(running, dedicated, "RabbitMQ");
	}

	private static LinkedHashMap<String, Supplier<RunningServer>> ways() {
		LinkedHashMap<String, Supplier<RunningServer>> ways = new LinkedHashMap<>();
		ways.put("docker", () -> new DockerRabbitmq("rabbitmq:4"));
		ways.put("packages", () -> new ScriptedServer("rabbitmq", "packages"));
		ways.put("machine", () -> new ScriptedServer("rabbitmq", "machine"));
		return ways;
	}

	/**
	 * The server that all tests of this JVM share, started at the first call. It cannot
	 * be stopped; tests use names of their own.
	 * @return a running server
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static synchronized RabbitmqServer shared() {
		RabbitmqServer server = shared;
		if (server == null) {
			server = new RabbitmqServer(provision.start(), false);
			shared = server;
		}
		return server;
	}

	/**
	 * A server of the caller's own, which may be stopped and started.
	 * @return a running server, which the caller closes
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static RabbitmqServer dedicated() {
		return new RabbitmqServer(provision.start(), true);
	}

	/**
	 * Where it is, with its password. The port stays the same over restarts.
	 * @return the URL, {@code amqp://…}
	 */
	public String url() {
		return "amqp://ikigai:" + password() + "@" + address();
	}

}
