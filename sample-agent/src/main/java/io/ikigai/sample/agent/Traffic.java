package io.ikigai.sample.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
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
import org.springframework.stereotype.Component;

/**
 * Something to see for the demo: a small web site of its own with pages that are slow or
 * fail at times, checks, crawls and questions. Only with the profile {@code traffic}.
 */
@Component
@Profile("traffic")
class Traffic {

	private static final List<String> PAGES = List.of("/", "/prices", "/search", "/cart", "/account", "/help");

	private static final List<String> QUESTIONS = List.of("what failed today?", "which pages are slow?",
			"what was down yesterday?");

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	private final Platform platform;

	private final WatchedSites watched;

	private final HttpServer site;

	Traffic(Platform platform, WatchedSites watched) throws IOException {
		this.platform = platform;
		this.watched = watched;
		this.site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.site.setExecutor(Executors.newCachedThreadPool());
		this.site.createContext("/", this::answer);
	}

	@EventListener(ApplicationReadyEvent.class)
	void begin() {
		this.site.start();
		this.watched.watch(address("/"), Duration.ofSeconds(10));
		this.watched.watch(address("/account"), Duration.ofSeconds(5));
		this.timer.scheduleWithFixedDelay(() -> this.platform.queue(MonitoringAgent.QUEUE).enqueueAll(requests()), 0, 1,
				TimeUnit.SECONDS);
		this.timer.scheduleWithFixedDelay(
				() -> this.platform.queue("site-crawls").enqueue(new CrawlRequest(address("/sitemap.xml"))), 2, 60,
				TimeUnit.SECONDS);
		this.timer.scheduleWithFixedDelay(
				() -> this.platform.mailbox("monitoring-agent").send(Map.of("ask", one(QUESTIONS))), 5, 20,
				TimeUnit.SECONDS);
	}

	private List<CheckRequest> requests() {
		return ThreadLocalRandom.current()
			.ints(ThreadLocalRandom.current().nextInt(1, 4), 0, PAGES.size())
			.mapToObj((page) -> new CheckRequest(address(PAGES.get(page))))
			.toList();
	}

	private static String one(List<String> choice) {
		return choice.get(ThreadLocalRandom.current().nextInt(choice.size()));
	}

	private URI address(String path) {
		return URI.create("http://localhost:" + this.site.getAddress().getPort() + path);
	}

	private void answer(HttpExchange exchange) throws IOException {
		try (exchange) {
			String path = exchange.getRequestURI().getPath();
			if (path.equals("/sitemap.xml")) {
				StringBuilder sitemap = new StringBuilder(
						"<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">");
				for (int page = 0; page < 40; page++) {
					sitemap.append("<url><loc>").append(address("/article/" + page)).append("</loc></url>");
				}
				byte[] bytes = sitemap.append("</urlset>").toString().getBytes(StandardCharsets.UTF_8);
				exchange.sendResponseHeaders(200, bytes.length);
				exchange.getResponseBody().write(bytes);
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

	@PreDestroy
	void end() {
		this.timer.shutdownNow();
		this.site.stop(0);
		this.watched.unwatch(address("/"));
		this.watched.unwatch(address("/account"));
	}

}
