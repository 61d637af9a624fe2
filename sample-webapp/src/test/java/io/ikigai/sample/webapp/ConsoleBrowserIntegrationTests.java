package io.ikigai.sample.webapp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.TextEmbedding;
import io.ikigai.platform.testservers.ChromiumServer;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The console in a real browser: every page looked at by axe-core, in both themes and at
 * the width of a phone, and every operation done by its buttons. What agents wrote tries
 * to run a script everywhere. Screenshots are left in {@code target/screenshots}.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "console.operator-password=may-operate", "console.reader-password=may-read" })
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleBrowserIntegrationTests {

	private static final String ATTACK = "<script>window.attacked = 1</script><img src=x onerror='window.attacked = 1'>";

	private static final Set<String> SERIOUS = Set.of("serious", "critical");

	@LocalServerPort
	private int port;

	@Autowired
	private Platform platform;

	@Autowired
	private TextEmbedding model;

	private Playwright playwright;

	private Browser browser;

	private BrowserContext context;

	private UUID failed;

	private String session;

	@DynamicPropertySource
	static void useFreshDatabase(DynamicPropertyRegistry properties) {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		properties.add("spring.datasource.url", database::url);
		properties.add("spring.datasource.username", database::username);
		properties.add("spring.datasource.password", database::password);
	}

	@BeforeAll
	void begin() {
		this.playwright = Playwright.create();
		this.browser = this.playwright.chromium().connectOverCDP(ChromiumServer.shared().endpoint());
		TaskQueue queue = this.platform.queue("checks");
		queue.enqueueAll(
				Stream.iterate(1, (number) -> number + 1).limit(40).map((number) -> Map.of("number", number)).toList());
		queue.claim(20).forEach((task) -> task.complete(Map.of("said", ATTACK)));
		this.failed = queue.enqueue(Map.of("url", ATTACK), TaskOptions.of().withPriority(9).withMaxAttempts(1));
		queue.claim().ifPresent((task) -> task.fail("no luck " + ATTACK + "\n\tat " + ATTACK));
		queue.enqueue("later " + ATTACK, TaskOptions.of().withDelay(Duration.ofHours(2)).withHeader("x", ATTACK));
		queue.claim().ifPresent((task) -> {
			task.extend(Duration.ofHours(1));
			task.progress(0.4, "on it " + ATTACK);
		});
		this.platform.mailbox("letters").send(Map.of("hello", ATTACK));
		DocumentCollection<Object> documents = this.platform.storage().documents("notes", Object.class);
		for (String word : List.of("fox", "dog", "cat")) {
			String text = "the quick " + word + " jumps " + ATTACK;
			documents.put(word, Map.of("text", text));
			documents.embed(word, this.model.embed(List.of(text)).get(0));
		}
		this.platform.telemetry().emit("log", Map.of("level", "WARN", "message", ATTACK, "millis", 12));
		this.platform.telemetry().emit("error", Map.of("error", ATTACK));
		this.platform.telemetry().flush();
		this.platform.pubsub().publish("site-checks", Map.of("url", ATTACK, "state", "up"));
		this.session = login();
		this.context.close();
	}

	@AfterEach
	void closeContext() {
		if (this.context != null) {
			this.context.close();
		}
	}

	@AfterAll
	void end() {
		this.browser.close();
		this.playwright.close();
	}

	@ParameterizedTest
	@EnumSource
	void showsEveryPageToEverybody(View view) {
		Page page = open(view.path(this.failed), view == View.LOGIN);
		assertThat(page.locator("main")).containsText(view.text);
		assertThat(page.locator("body")).not().containsText("counting…");
		for (ColorScheme theme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
			page.setViewportSize(1280, 900);
			page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(theme));
			assertThat(seriousFaults(page)).isEmpty();
			screenshot(page, view, "desktop", theme);
			page.setViewportSize(390, 844);
			screenshot(page, view, "phone", theme);
		}
		page.setViewportSize(360, 780);
		assertThat(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
			.as("scrolls sideways")
			.isEqualTo(false);
		assertThat(page.evaluate("window.attacked")).as("a script has run").isNull();
	}

	private static List<String> seriousFaults(Page page) {
		return new AxeBuilder(page).analyze()
			.getViolations()
			.stream()
			.filter((rule) -> SERIOUS.contains(rule.getImpact()))
			.map((rule) -> "%s: %s at %s".formatted(rule.getId(), rule.getHelp(), rule.getNodes().get(0).getHtml()))
			.toList();
	}

	private static void screenshot(Page page, View view, String width, ColorScheme theme) {
		page.screenshot(new Page.ScreenshotOptions().setFullPage(true)
			.setPath(Path.of("target", "screenshots", "%s-%s-%s.png".formatted(view, width, theme).toLowerCase())));
	}

	@Test
	void isUsedByTheKeyboard() {
		TaskQueue queue = this.platform.queue("keys");
		queue.enqueue("one");
		Page page = open("/queue?name=keys", false);
		page.keyboard().press("Tab");
		assertThat(page.locator(".skip")).isFocused();
		page.keyboard().press("Enter");
		for (int tabs = 0; tabs < 3 && page.locator("#pause:focus").count() == 0; tabs++) {
			page.keyboard().press("Tab");
		}
		assertThat(page.locator("#pause")).isFocused();
		page.keyboard().press("Enter");
		assertThat(page.locator("#resume")).isVisible();
		assertThat(queue.paused()).isTrue();
		page.locator("#resume").press("Enter");
		assertThat(page.locator("#pause")).isVisible();
		assertThat(queue.paused()).isFalse();
	}

	@Test
	void showsWhatHappensWithoutBeingAsked() {
		TaskQueue queue = this.platform.queue("live");
		queue.enqueue("first");
		Page page = open("/queue?name=live", false);
		assertThat(page.locator("#live")).containsText("live");
		page.evaluate("window.same = true");
		queue.enqueue("second");
		assertThat(page.locator("#tasks")).containsText("second");
		queue.claim().ifPresent(Task::complete);
		assertThat(page.locator("#tasks .is-completed")).hasCount(1);
		assertThat(page.evaluate("window.same")).isEqualTo(true);
	}

	@Test
	void operatesTasks() {
		TaskQueue queue = this.platform.queue("work");
		Page page = open("/queue?name=work", false);
		page.locator("#enqueue-box summary").click();
		page.fill("#payloads", "{\"word\": \"apple\"}\n{\"word\": \"pear\"}\nnonsense");
		page.click("#enqueue");
		assertThat(page.locator("#payloads-wrong")).containsText("Line 3 is not JSON");
		page.fill("#payloads", "{\"word\": \"apple\"}\n{\"word\": \"pear\"}");
		page.click("#enqueue");
		assertThat(page.locator("tr[data-task]")).hasCount(2);
		page.fill("#q", "PEAR");
		page.click("text=Show");
		assertThat(page.locator("tr[data-task]")).hasCount(1);
		page.click("tr[data-task] a");
		page.click("#cancel");
		assertThat(page.locator("h1")).containsText("cancelled");
		Task task = queue.claim().orElseThrow();
		task.fail("no luck");
		page.navigate(address("/task?queue=work&id=" + task.id()));
		page.click("#retry");
		assertThat(page.locator("h1")).containsText("ready");
		queue.claim().orElseThrow().fail("again");
		page.navigate(address("/queue?name=work"));
		page.click("#retry-failed");
		assertThat(page.locator(".banner.good")).containsText("1 failed tasks are back in the queue.");
		assertThat(queue.find(task.id())).get().extracting(TaskInfo::state).isEqualTo(TaskState.READY);
	}

	@Test
	void sendsMessagesAndShowsReplies() {
		Page page = open("/mailbox?name=oracle", false);
		page.fill("#payload", "{\"hello\": \"there\"}");
		page.click("#send");
		assertThat(page.locator("#messages")).containsText("hello: there");
		MailboxMessage greeting = this.platform.mailbox("oracle").receive(Duration.ofSeconds(10)).orElseThrow();
		greeting.acknowledge();
		CompletableFuture<Void> oracle = CompletableFuture.runAsync(() -> {
			MailboxMessage question = this.platform.mailbox("oracle").receive(Duration.ofSeconds(20)).orElseThrow();
			question.reply(Map.of("answer", 42, "attack", ATTACK));
			question.acknowledge();
		});
		page.fill("#payload", "{\"what\": \"is it\"}");
		page.click("#ask");
		assertThat(page.locator("#reply")).containsText("\"answer\" : 42");
		oracle.join();
		assertThat(page.evaluate("window.attacked")).isNull();
	}

	@Test
	void searchesByWordsAndByMeaningSideBySide() {
		Page page = open("/collection?name=notes", false);
		page.fill("#q", "quick fox");
		page.keyboard().press("Enter");
		for (String way : List.of("Words", "Meaning", "Both")) {
			assertThat(page.locator("section[aria-label=" + way + "] .hits a").first()).hasText("fox");
		}
		assertThat(page.locator("section[aria-label=Words] mark").first()).hasText("quick");
		page.fill("#q", "a loyal pet that barks");
		page.keyboard().press("Enter");
		assertThat(page.locator("section[aria-label=Meaning] .hits a").first()).hasText("dog");
		assertThat(page.locator("section[aria-label=Words]")).containsText("Nothing found");
	}

	@Test
	void keepsTheThemeThatWasChosen() {
		Page page = open("/", false);
		Locator theme = page.locator("#theme");
		String light = background(page);
		theme.click();
		theme.click();
		assertThat(theme).hasAttribute("aria-label", "Colours: dark");
		assertThat(background(page)).isNotEqualTo(light);
		page.reload();
		assertThat(background(page)).isNotEqualTo(light);
		theme.click();
		assertThat(background(page)).isEqualTo(light);
	}

	private static String background(Page page) {
		return String.valueOf(page.evaluate("getComputedStyle(document.body).backgroundColor"));
	}

	private Page open(String path, boolean stranger) {
		Browser.NewContextOptions options = new Browser.NewContextOptions().setViewportSize(1280, 900)
			.setColorScheme(ColorScheme.LIGHT)
			.setReducedMotion(ReducedMotion.REDUCE);
		this.context = this.browser.newContext(stranger ? options : options.setStorageState(this.session));
		this.context.setDefaultTimeout(15_000);
		Page page = this.context.newPage();
		page.navigate(address(path));
		return page;
	}

	private String login() {
		Page page = open("/login", true);
		page.fill("[name=username]", "operator");
		page.fill("[name=password]", "may-operate");
		page.click("text=Log in");
		page.waitForURL(address("/"));
		return this.context.storageState();
	}

	private String address(String path) {
		return "http://127.0.0.1:" + this.port + path;
	}

	/**
	 * A page and what is to be seen on it.
	 */
	enum View {

		LOGIN("/login", "Ikigai console"), OVERVIEW("/?window=1h", "checks"), QUEUES("/queues", "checks"),
		QUEUE("/queue?name=checks", "number: 40"), TASK("/task?queue=checks&id=", "no luck"),
		MAILBOXES("/mailboxes", "letters"), MAILBOX("/mailbox?name=letters", "monitoring-console"),
		AGENTS("/agents", "monitoring-console"), AGENT("/agent?name=monitoring-console", "Manifest"),
		STORAGE("/storage", "notes"), COLLECTION("/collection?name=notes", "fox"),
		SEARCH("/collection?name=notes&q=fox", "Meaning"), DOCUMENT("/document?collection=notes&id=fox", "quick fox"),
		TELEMETRY("/telemetry?type=log&metric=millis", "avg of millis"), NOTHING("/agent?name=nobody", "nothing here");

		private final String path;

		private final String text;

		View(String path, String text) {
			this.path = path;
			this.text = text;
		}

		String path(UUID task) {
			return this.path.endsWith("id=") ? this.path + task : this.path;
		}

	}

}
