package io.ikigai.platform.testservers;

import java.util.LinkedHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A real InfluxDB 1.x for tests. It runs when it is handed out, listens on the loopback
 * interface only, asks for a password, and keeps what it has over a restart. It ends with
 * this JVM, however the JVM ends, and its data go with it.
 * <p>
 * It is of Debian's packages, unpacked into a folder; else the machine's own. The
 * environment variable {@code IKIGAI_TEST_INFLUXDB} ({@code packages} or {@code machine})
 * insists on one of them. Thread-safe.
 */
public final class InfluxdbServer extends TestServer {

	private static final String ADVICE = """
			One of these is needed:
			  - a Linux whose apt is set up for Debian, root, and the right to mount (packages of Debian are unpacked \
			into a folder, nothing is installed)
			  - Linux with InfluxDB 1.x (on Debian and Ubuntu: apt-get install influxdb)""";

	private static final ServerProvision provision = new ServerProvision("InfluxDB", "IKIGAI_TEST_INFLUXDB", ADVICE,
			ways());

	private static @Nullable InfluxdbServer shared;

	private InfluxdbServer(RunningServer running, boolean dedicated) {
		super(running, dedicated, "InfluxDB");
	}

	private static LinkedHashMap<String, Supplier<RunningServer>> ways() {
		LinkedHashMap<String, Supplier<RunningServer>> ways = new LinkedHashMap<>();
		ways.put("packages", () -> new ScriptedServer("influxdb", "packages"));
		ways.put("machine", () -> new ScriptedServer("influxdb", "machine"));
		return ways;
	}

	/**
	 * The server that all tests of this JVM share, started at the first call. It cannot
	 * be stopped; tests use names of their own.
	 * @return a running server
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static synchronized InfluxdbServer shared() {
		InfluxdbServer server = shared;
		if (server == null) {
			server = new InfluxdbServer(provision.start(), false);
			shared = server;
		}
		return server;
	}

	/**
	 * A server of the caller's own, which may be stopped and started.
	 * @return a running server, which the caller closes
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static InfluxdbServer dedicated() {
		return new InfluxdbServer(provision.start(), true);
	}

	/**
	 * Where it is. The port stays the same over restarts.
	 * @return the URL, without credentials
	 */
	public String url() {
		return "http://" + address();
	}

	/**
	 * The name of the user who may do everything.
	 * @return the name
	 */
	public String username() {
		return "ikigai";
	}

}
