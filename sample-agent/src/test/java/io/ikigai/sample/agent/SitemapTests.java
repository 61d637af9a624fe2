package io.ikigai.sample.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpServer;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Sitemaps of sites that mean no good.
 */
class SitemapTests {

	private final SiteRequests requests = new SiteRequests(List.of("127.0.0.1"), Duration.ofSeconds(15));

	private final CountDownLatch over = new CountDownLatch(1);

	private HttpServer site;

	@BeforeEach
	void startSite() throws IOException {
		this.site = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
		this.site.setExecutor(Executors.newCachedThreadPool());
		this.site.start();
	}

	@AfterEach
	void stopSite() {
		this.over.countDown();
		this.site.stop(0);
	}

	@Test
	void givesUpASitemapThatDrips() {
		this.site.createContext("/drips.xml", (exchange) -> {
			exchange.sendResponseHeaders(200, 0);
			try (OutputStream body = exchange.getResponseBody()) {
				while (!over(10)) {
					body.write(' ');
					body.flush();
				}
			}
		});
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> new Sitemap(new SiteRequests(List.of("127.0.0.1"), Duration.ofSeconds(1)))
				.pages(address("/drips.xml")))
			.withMessageContaining("no answer within 1 s");
	}

	@Test
	void givesUpASitemapThatIsTooLarge() {
		byte[] part = new byte[100_000];
		this.site.createContext("/large.xml", (exchange) -> {
			exchange.sendResponseHeaders(200, 0);
			try (OutputStream body = exchange.getResponseBody()) {
				while (!over(0)) {
					body.write(part);
				}
			}
		});
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> new Sitemap(this.requests).pages(address("/large.xml")))
			.withMessageContaining("larger than 5000000 bytes");
	}

	@Test
	void takesPagesOfTheWebWithoutCredentials() throws Exception {
		text("/sitemap.xml", "<urlset><url><loc>http://me:secret@127.0.0.1/page</loc></url>"
				+ "<url><loc>file:///etc/passwd</loc></url><url><loc>https://example.org/</loc></url></urlset>");
		assertThat(new Sitemap(this.requests).pages(address("/sitemap.xml")))
			.containsExactly(URI.create("https://example.org/"));
	}

	@Test
	void followsARedirectToTheSitemap() throws Exception {
		text("/sitemap.xml", "<urlset><url><loc>https://example.org/</loc></url></urlset>");
		this.site.createContext("/moved.xml", (exchange) -> {
			try (exchange) {
				exchange.getResponseHeaders().set("Location", "/sitemap.xml");
				exchange.sendResponseHeaders(302, 0);
				exchange.getResponseBody().write("moved".getBytes(StandardCharsets.UTF_8));
			}
		});
		assertThat(new Sitemap(this.requests).pages(address("/moved.xml"))).hasSize(1);
	}

	@Test
	void asksNoAddressThatIsNotPublicForTheSitemapsOfAnIndex() {
		text("/index.xml", "<sitemapindex><sitemap><loc>http://169.254.169.254/latest</loc></sitemap></sitemapindex>");
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> new Sitemap(this.requests).pages(address("/index.xml")))
			.withMessageContaining("not public");
	}

	private boolean over(long millis) throws IOException {
		try {
			return Waits.pause(Duration.ofMillis(millis), this.over);
		}
		catch (InterruptedException ex) {
			throw new IOException(ex);
		}
	}

	private void text(String path, String text) {
		this.site.createContext(path, (exchange) -> {
			try (exchange) {
				exchange.sendResponseHeaders(200, 0);
				exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
			}
		});
	}

	private URI address(String path) {
		return URI.create("http://127.0.0.1:" + this.site.getAddress().getPort() + path);
	}

}
