package io.ikigai.platform.testservers;

/**
 * A real Chromium without a window, for tests of web pages, driven through its debugging
 * port, which listens on the loopback interface only. It ends with this JVM or, where the
 * build lends it, with the build, however they end, and its profile go with it.
 * <p>
 * It is of Debian's packages, unpacked into a folder; else the machine's own. The
 * environment variable {@code IKIGAI_TEST_CHROMIUM} ({@code packages} or {@code machine})
 * insists on one of them. Thread-safe.
 */
public final class ChromiumServer extends TestServer {

	private ChromiumServer(RunningServer running, boolean dedicated) {
		super(running, dedicated, "Chromium");
	}

	/**
	 * The browser that all tests of this JVM share, started at the first call. Tests take
	 * a browser context of their own.
	 * @return a running browser
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static ChromiumServer shared() {
		return new ChromiumServer(ServerKind.CHROMIUM.shared(), false);
	}

	/**
	 * A browser of the caller's own.
	 * @return a running browser, which the caller closes
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static ChromiumServer dedicated() {
		return new ChromiumServer(ServerKind.CHROMIUM.provision().start(), true);
	}

	/**
	 * Where its debugging protocol is.
	 * @return the URL, {@code http://…}
	 */
	public String endpoint() {
		return "http://" + address();
	}

}
