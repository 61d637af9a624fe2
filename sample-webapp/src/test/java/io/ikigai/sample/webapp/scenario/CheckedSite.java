package io.ikigai.sample.webapp.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A web site to be checked: what is below {@code /down} fails, and what is below
 * {@code /down/slow} takes half a second to do so.
 */
final class CheckedSite implements AutoCloseable {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final Executor later = CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS);

	private final AtomicInteger slow = new AtomicInteger();

	private final HttpServer server;

	CheckedSite() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/", this::answer);
		this.server.start();
	}

	private void answer(HttpExchange exchange) {
		String path = exchange.getRequestURI().getPath();
		if (path.startsWith("/down/slow")) {
			this.slow.incrementAndGet();
			this.later.execute(() -> end(exchange, 503));
		}
		else {
			end(exchange, path.startsWith("/down") ? 503 : 200);
		}
	}

	private static void end(HttpExchange exchange, int status) {
		try (exchange) {
			exchange.sendResponseHeaders(status, -1);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	URI at(String path) {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort() + path);
	}

	/**
	 * How often somebody began to look at what is slow.
	 */
	int slowLooks() {
		return this.slow.get();
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdown();
	}

}
