package io.ikigai.platform.testservers;

import java.util.LinkedHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A real Chromium without a window, for tests of web pages, driven through its debugging
 * port, which listens on the loopback interface only. It ends with this JVM, however the
 * JVM ends, and its profile goes with it.
 * <p>
 * It is of Debian's packages, unpacked into a folder; else the machine's own. The
 * environment variable {@code IKIGAI_TEST_CHROMIUM} ({@code packages} or {@code machine})
 * insists on one of them. Thread-safe.
 */
public final class ChromiumServer extends TestServer {

	private static final String ADVICE = """
			One of these is needed:
			  - a Linux whose apt is set up for Debian, root, and the right to mount (packages of Debian are unpacked \
			into a folder, nothing is installed)
			  - Linux with Chromium (on Debian: apt-get install chromium)""";

	private static final ServerProvision provision = new ServerProvision("Chromium", "IKIGAI_TEST_CHROMIUM", ADVICE,
			ways());

	private static @Nullable ChromiumServer shared;

	private ChromiumServer(RunningServer running, boolean dedicated) {
		super(running, dedicated, "Chromium");
	}

	private static LinkedHashMap<String, Supplier<RunningServer>> ways() {
		LinkedHashMap<String, Supplier<RunningServer>> ways = new LinkedHashMap<>();
		ways.put("packages", () -> new ScriptedServer("chromium", "packages"));
		ways.put("machine", () -> new ScriptedServer("chromium", "machine"));
		return ways;
	}

	/**
	 * The browser that all tests of this JVM share, started at the first call. Tests take
	 * a browser context of their own.
	 * @return a running browser
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static synchronized ChromiumServer shared() {
		ChromiumServer server = shared;
		if (server == null) {
			server = new ChromiumServer(provision.start(), false);
			shared = server;
		}
		return server;
	}

	/**
	 * A browser of the caller's own.
	 * @return a running browser, which the caller closes
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static ChromiumServer dedicated() {
		return new ChromiumServer(provision.start(), true);
	}

	/**
	 * Where its debugging protocol is.
	 * @return the URL, {@code http://…}
	 */
	public String endpoint() {
		return "http://" + address();
	}

}
