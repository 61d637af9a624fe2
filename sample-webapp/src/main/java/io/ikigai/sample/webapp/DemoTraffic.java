package io.ikigai.sample.webapp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.ikigai.platform.Platform;
import jakarta.annotation.PreDestroy;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Something to see for {@code ./demo --traffic}: a small web site with pages that are
 * slow or fail at times, which the agents watch, check, crawl and are asked about. What
 * cannot be enqueued while the database is away is not made up for.
 */
@Component
@Profile("traffic")
class DemoTraffic {

	private static final List<String> PAGES = List.of("/", "/prices", "/search", "/cart", "/account", "/help");

	private static final Map<String, String> WATCHED = Map.of("/", "PT10S", "/account", "PT5S");

	private static final List<String> QUESTIONS = List.of("what failed today?", "which pages are slow?",
			"what was down yesterday?");

	private final ExecutorService visitors = Executors.newCachedThreadPool();

	private final Platform platform;

	private final HttpServer site;

	DemoTraffic(Platform platform) throws IOException {
		this.platform = platform;
		this.site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.site.setExecutor(this.visitors);
		this.site.createContext("/", DemoTraffic::answer);
		this.site.start();
	}

	@EventListener(ApplicationReadyEvent.class)
	void watch() {
		// A demo that was killed has left its site watched, at a port where nothing is
		// now
		var sites = this.platform.storage().documents("demo-site", String.class);
		sites.get("address").ifPresent((last) -> unwatch(last.value()));
		sites.put("address", address());
		WATCHED.forEach((path, every) -> tell(Map.of("watch", address() + path, "every", every)));
	}

	@Scheduled(fixedDelay = 1, timeUnit = TimeUnit.SECONDS)
	void check() {
		this.platform.queue(ConsoleApplication.QUEUE)
			.enqueueAll(ThreadLocalRandom.current()
				.ints(ThreadLocalRandom.current().nextInt(1, 4), 0, PAGES.size())
				.mapToObj((page) -> Map.of("url", address() + PAGES.get(page)))
				.toList());
	}

	@Scheduled(initialDelay = 2, fixedDelay = 60, timeUnit = TimeUnit.SECONDS)
	void crawl() {
		this.platform.queue("site-crawls").enqueue(Map.of("sitemap", address() + "/sitemap.xml"));
	}

	@Scheduled(initialDelay = 5, fixedDelay = 20, timeUnit = TimeUnit.SECONDS)
	void ask() {
		tell(Map.of("ask", QUESTIONS.get(ThreadLocalRandom.current().nextInt(QUESTIONS.size()))));
	}

	/** A task that fails, for it is no web address. */
	@Scheduled(initialDelay = 10, fixedDelay = 45, timeUnit = TimeUnit.SECONDS)
	void mistake() {
		this.platform.queue(ConsoleApplication.QUEUE).enqueue(Map.of("url", "mailto:shop@example.org"));
	}

	private void tell(Map<String, String> question) {
		this.platform.mailbox("monitoring-agent").send(question);
	}

	private void unwatch(String address) {
		WATCHED.keySet().forEach((path) -> tell(Map.of("unwatch", address + path)));
	}

	private String address() {
		return "http://localhost:" + this.site.getAddress().getPort();
	}

	private static void answer(HttpExchange exchange) throws IOException {
		try (exchange) {
			String path = exchange.getRequestURI().getPath();
			if (path.equals("/sitemap.xml")) {
				byte[] sitemap = sitemap("http://" + exchange.getRequestHeaders().getFirst("Host"));
				exchange.sendResponseHeaders(200, sitemap.length);
				exchange.getResponseBody().write(sitemap);
				return;
			}
			TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(5, path.equals("/search") ? 1500 : 150));
			// The account is down for ten seconds of each minute, all others now and then
			boolean down = path.equals("/account") ? System.currentTimeMillis() / 10_000 % 6 == 0
					: ThreadLocalRandom.current().nextInt(25) == 0;
			exchange.sendResponseHeaders(down ? 503 : 200, -1);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static byte[] sitemap(String address) {
		StringBuilder sitemap = new StringBuilder("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">");
		for (int page = 0; page < 40; page++) {
			sitemap.append("<url><loc>").append(address).append("/article/").append(page).append("</loc></url>");
		}
		return sitemap.append("</urlset>").toString().getBytes(StandardCharsets.UTF_8);
	}

	@PreDestroy
	void end() {
		unwatch(address());
		this.site.stop(0);
		this.visitors.shutdownNow();
	}

}
