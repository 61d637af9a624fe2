package io.ikigai.platform.testservers;

import java.util.LinkedHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A real NATS with JetStream, 2.10 or later, for tests. It runs when it is handed out,
 * listens on the loopback interface only, asks for a password, and keeps what it has over
 * a restart. It ends with this JVM, however the JVM ends, and its data go with it.
 * <p>
 * It is of Debian's packages, unpacked into a folder; else the machine's own. The
 * environment variable {@code IKIGAI_TEST_NATS} ({@code packages} or {@code machine})
 * insists on one of them. Thread-safe.
 */
public final class NatsServer extends TestServer {

	private static final String ADVICE = """
			One of these is needed:
			  - a Linux whose apt is set up for Debian, root, and the right to mount (packages of Debian are unpacked \
			into a folder, nothing is installed)
			  - Linux with NATS 2.10 or later (on Debian and Ubuntu: apt-get install nats-server)""";

	private static final ServerProvision provision = new ServerProvision("NATS", "IKIGAI_TEST_NATS", ADVICE, ways());

	private static @Nullable NatsServer shared;

	private NatsServer(RunningServer running, boolean dedicated) {
		super(running, dedicated, "NATS");
	}

	private static LinkedHashMap<String, Supplier<RunningServer>> ways() {
		LinkedHashMap<String, Supplier<RunningServer>> ways = new LinkedHashMap<>();
		ways.put("packages", () -> new ScriptedServer("nats", "packages"));
		ways.put("machine", () -> new ScriptedServer("nats", "machine"));
		return ways;
	}

	/**
	 * The server that all tests of this JVM share, started at the first call. It cannot
	 * be stopped; tests use names of their own.
	 * @return a running server
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static synchronized NatsServer shared() {
		NatsServer server = shared;
		if (server == null) {
			server = new NatsServer(provision.start(), false);
			shared = server;
		}
		return server;
	}

	/**
	 * A server of the caller's own, which may be stopped and started.
	 * @return a running server, which the caller closes
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static NatsServer dedicated() {
		return new NatsServer(provision.start(), true);
	}

	/**
	 * Where it is, with its password. The port stays the same over restarts.
	 * @return the URL, {@code nats://…}
	 */
	public String url() {
		return "nats://ikigai:" + password() + "@" + address();
	}

}
