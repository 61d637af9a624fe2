package io.ikigai.sample.webapp;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import io.ikigai.platform.Platform;
import io.ikigai.platform.testservers.ChromiumServer;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.Shutdown;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The console while its database is away: it says so, keeps what it knew, and goes on by
 * itself when the database is back.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "console.operator-password=may-operate", "spring.datasource.hikari.connection-timeout=500" })
@DirtiesContext
class ConsoleOutageIntegrationTests {

	private static final String AWAY = "The database does not answer";

	private static final LocatorAssertions.IsVisibleOptions SOON = new LocatorAssertions.IsVisibleOptions()
		.setTimeout(30_000);

	private static final PostgresServer server = PostgresServer.dedicated();

	@LocalServerPort
	private int port;

	@Autowired
	private Platform platform;

	@DynamicPropertySource
	static void useServer(DynamicPropertyRegistry properties) {
		properties.add("spring.datasource.url", server::url);
		properties.add("spring.datasource.username", server::username);
		properties.add("spring.datasource.password", server::password);
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@Test
	void saysThatTheDatabaseIsAwayAndGoesOnWhenItIsBack() throws Exception {
		this.platform.queue("checks").enqueueAll(List.of("before"));
		this.platform.storage().documents("notes", Object.class).put("one", Map.of("text", "kept"));
		String address = "http://127.0.0.1:" + this.port;
		ConsoleClient client = new ConsoleClient(URI.create(address)).login("operator", "may-operate");
		try (Playwright playwright = Playwright.create();
				Browser browser = playwright.chromium().connectOverCDP(ChromiumServer.shared().endpoint());
				BrowserContext context = browser.newContext()) {
			Page page = context.newPage();
			page.navigate(address + "/login");
			page.fill("[name=username]", "operator");
			page.fill("[name=password]", "may-operate");
			page.click("text=Log in");
			page.navigate(address + "/queues");
			assertThat(page.locator("main").getByText("checks").first()).isVisible();

			server.stop(Shutdown.IMMEDIATE);
			assertThat(page.getByText(AWAY).first()).isVisible(SOON);
			assertThat(page.locator("main").getByText("checks").first()).isVisible();
			for (String path : List.of("/", "/queues", "/queue?name=checks", "/mailboxes", "/mailbox?name=letters",
					"/agents", "/agent?name=monitoring-console", "/storage", "/collection?name=notes",
					"/collection?name=notes&q=kept", "/document?collection=notes&id=one", "/telemetry")) {
				awaitAway(client, path);
			}
			HttpResponse<String> refused = client.post("/queue/enqueue",
					Map.of("name", "checks", "payloads", "{\"n\": 1}", "priority", "5", "delay", "0"));
			assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
			assertThat(refused.body()).contains(AWAY).contains("Nothing was changed");

			server.start();
			assertThat(page.getByText(AWAY).first())
				.isHidden(new LocatorAssertions.IsHiddenOptions().setTimeout(60_000));
			await().untilAsserted(() -> {
				assertThat(client.get("/queue?name=checks").body()).contains("before").doesNotContain(AWAY);
				assertThat(client.get("/collection?name=notes").body()).contains("kept");
			});
			this.platform.queue("later").enqueue("after");
			assertThat(page.locator("main").getByText("later").first()).isVisible(SOON);
			assertThat(this.platform.queue("checks").stats().ready()).isOne();
		}
	}

	private static void awaitAway(ConsoleClient client, String path) {
		await().untilAsserted(() -> {
			HttpResponse<String> answer = client.get(path);
			assertThat(answer.statusCode()).as(path).isIn(200, 503);
			assertThat(answer.body()).as(path).contains(AWAY).doesNotContain("Exception");
		});
	}

}
