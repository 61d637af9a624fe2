package io.ikigai.platform.testservers;

/**
 * A real Redis, 6.2 or later, for tests. It runs when it is handed out, listens on the
 * loopback interface only, asks for a password, and keeps what it has over a restart. It
 * ends with this JVM or, where the build lends it, with the build, however they end, and
 * its data go with it.
 * <p>
 * Where a Docker engine answers, it is a container; else Debian's packages, unpacked into
 * a folder; else the machine's own. The environment variable {@code IKIGAI_TEST_REDIS}
 * ({@code docker}, {@code packages} or {@code machine}) insists on one of them.
 * Thread-safe.
 */
public final class RedisServer extends TestServer {

	private RedisServer(RunningServer running, boolean dedicated) {
		super(running, dedicated, "Redis");
	}

	/**
	 * The server that all tests of this JVM share, started at the first call. It cannot
	 * be stopped; tests use names of their own.
	 * @return a running server
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static RedisServer shared() {
		return new RedisServer(ServerKind.REDIS.shared(), false);
	}

	/**
	 * A server of the caller's own, which may be stopped and started.
	 * @return a running server, which the caller closes
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static RedisServer dedicated() {
		return new RedisServer(ServerKind.REDIS.provision().start(), true);
	}

	/**
	 * A server of the caller's own on a disk of 32 MB, in memory, which may be filled.
	 * @return a running server, which the caller closes
	 * @throws ServerUnavailableException when this machine has no way to run one, which
	 * takes root
	 */
	public static RedisServer onSmallDisk() {
		return new RedisServer(ServerKind.REDIS.onSmallDisk("32m"), true);
	}

	/**
	 * Where it is, with its password. The port stays the same over restarts.
	 * @return the URL, {@code redis://…}
	 */
	public String url() {
		return "redis://:" + password() + "@" + address();
	}

}
