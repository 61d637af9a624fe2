package io.ikigai.platform.testservers;

/**
 * A real InfluxDB 1.x for tests. It runs when it is handed out, listens on the loopback
 * interface only, asks for a password, and keeps what it has over a restart. It ends with
 * this JVM or, where the build lends it, with the build, however they end, and its data
 * go with it.
 * <p>
 * It is of Debian's packages, unpacked into a folder; else the machine's own. The
 * environment variable {@code IKIGAI_TEST_INFLUXDB} ({@code packages} or {@code machine})
 * insists on one of them. Thread-safe.
 */
public final class InfluxdbServer extends TestServer {

	private InfluxdbServer(RunningServer running, boolean dedicated) {
		super(running, dedicated, "InfluxDB");
	}

	/**
	 * The server that all tests of this JVM share, started at the first call. It cannot
	 * be stopped; tests use names of their own.
	 * @return a running server
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static InfluxdbServer shared() {
		return new InfluxdbServer(ServerKind.INFLUXDB.shared(), false);
	}

	/**
	 * A server of the caller's own, which may be stopped and started.
	 * @return a running server, which the caller closes
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static InfluxdbServer dedicated() {
		return new InfluxdbServer(ServerKind.INFLUXDB.provision().start(), true);
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
