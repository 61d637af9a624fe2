package io.ikigai.platform.guide;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

import io.ikigai.platform.DeadLetterHandler;
import io.ikigai.platform.IkigaiHandler;
import io.ikigai.platform.Platform;
import io.ikigai.platform.listener.ListenerConfigurer;
import io.ikigai.platform.listener.ListenerContainer;
import io.ikigai.platform.listener.ListenerInterceptor;
import io.ikigai.platform.listener.ListenerRegistry;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.pubsub.TopicListener;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.SendTo;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of the listeners' chapter.
 */
class ListenersGuideIntegrationTests {

	private static final List<String> told = new CopyOnWriteArrayList<>();

	private static ConfigurableApplicationContext application;

	private static Platform platform;

	@BeforeAll
	static void start() {
		application = GuideApplication.start(Examples.class, "ikigai.queues.retry.max-attempts=1");
		platform = application.getBean(Platform.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static TaskInfo finished(String queue, UUID id) {
		return await().until(() -> platform.queue(queue).find(id).orElseThrow(),
				(task) -> task.state() == TaskState.COMPLETED || task.state() == TaskState.FAILED);
	}

	@Test
	void handlesTasks() {
		UUID id = platform.queue("monitoring-tasks")
			.enqueue(new CheckRequest("https://example.org/"), TaskOptions.of().withHeader("origin", "guide"));
		assertThat(finished("monitoring-tasks", id).result()).isEqualTo("\"https://example.org/ from guide\"");
		UUID invalid = platform.queue("monitoring-tasks")
			.enqueue(new CheckRequest(""), TaskOptions.of().withHeader("origin", "guide"));
		assertThat(finished("monitoring-tasks", invalid).error()).contains("not valid");
	}

	@Test
	void sendsResultsOn() {
		assertThat(finished("pages", platform.queue("pages").enqueue(new Page("home"))).result()).contains("home");
		assertThat(platform.queue("checks").claim(Waits.LIMIT).orElseThrow().payload(Check.class))
			.isEqualTo(new Check("home", true));
		await().untilAsserted(() -> assertThat(told).contains("published home"));
	}

	@Test
	void choosesTheMethodByTheType() {
		// tag::class-send[]
		UUID id = platform.queue("orders")
			.enqueue(new OrderCreated("tea"), TaskOptions.of().withHeader("type", "created"));
		// end::class-send[]
		assertThat(finished("orders", id).state()).isEqualTo(TaskState.COMPLETED);
		finished("orders", platform.queue("orders").enqueue("x", TaskOptions.of().withHeader("type", "paid")));
		assertThat(told).contains("created tea", "paid \"x\"");
	}

	@Test
	void addsListeners() {
		assertThat(finished("red-tasks", platform.queue("red-tasks").enqueue("x")).result()).isEqualTo("\"red-tasks\"");
	}

	@Test
	void tellsOfWhatIsGivenUp() {
		assertThat(finished("fragile", platform.queue("fragile").enqueue(new Page("broken"))).state())
			.isEqualTo(TaskState.FAILED);
		assertThat(told).contains("given up broken: no such page");
	}

	@Test
	void answersMessages() throws Exception {
		assertThat(platform.mailbox("ops-alerts").ask(new Alert("disk full"), Reply.class, Waits.LIMIT).get())
			.isEqualTo(new Reply("seen: disk full of guide"));
	}

	@Test
	void pausesAListener() {
		ListenerRegistry registry = application.getBean(ListenerRegistry.class);
		// tag::pause[]
		registry.find("checker").ifPresent(ListenerContainer::pause);
		// end::pause[]
		assertThat(registry.find("checker").orElseThrow().isPaused()).isTrue();
		registry.find("checker").ifPresent(ListenerContainer::resume);
		finished("pages", platform.queue("pages").enqueue(new Page("intercepted")));
		assertThat(told).contains("call of pages");
	}

	@Test
	void tellsProgressAndStopsWhenItIsCancelled() {
		UUID id = platform.queue("crawls").enqueue(3);
		assertThat(finished("crawls", id).result()).isEqualTo("3");
		assertThat(platform.queue("crawls").progress(id).orElseThrow().fraction()).isEqualTo(1);
	}

	record CheckRequest(@NotBlank String url) {
	}

	record Page(String name) {
	}

	record Check(String page, boolean up) {
	}

	record OrderCreated(String name) {
	}

	record OrderEnded(String name) {
	}

	record Alert(String text) {
	}

	record Reply(String text) {
	}

	record Price(String name, double value) {
	}

	static class Checks {

		// tag::tasks[]
		@IkigaiTaskListener(id = "checker", queue = "monitoring-tasks", concurrency = "4")
		String check(@Valid CheckRequest request, Task task, @Header("origin") String origin) {
			return request.url() + " from " + origin;
		}
		// end::tasks[]

		// tag::send-to[]
		@IkigaiTaskListener(queue = "pages")
		@SendTo({ "checks", "mailbox:page-checks", "topic:pages" })
		Check fetch(Page page) {
			return new Check(page.name(), true);
		}
		// end::send-to[]

		// tag::topics[]
		@TopicListener(topics = { "pages", "${more.topics:more}" })
		void onCheck(Check check, @Header("topic") String topic) {
			told.add("published " + check.page());
		}
		// end::topics[]

		// tag::mailbox[]
		@MailboxListener("ops-alerts")
		Reply onAlert(Alert alert, MailboxMessage message, @Header("sender") String sender) {
			return new Reply("seen: " + alert.text() + " of " + sender);
		}
		// end::mailbox[]

		// tag::progress[]
		@IkigaiTaskListener(queue = "crawls")
		int crawl(int pages, Task task) {
			for (int page = 1; page <= pages && !task.cancelled(); page++) {
				task.progress((double) page / pages, "page " + page);
			}
			return pages;
		}
		// end::progress[]

	}

	static class Fragile {

		@IkigaiTaskListener(queue = "fragile")
		void fetch(Page page) {
			throw new IllegalStateException("no such page");
		}

		// tag::dead-letter[]
		@DeadLetterHandler
		void tell(Page page, Task task, Throwable error) {
			told.add("given up " + page.name() + ": " + error.getMessage());
		}
		// end::dead-letter[]

	}

	// tag::class[]
	@IkigaiTaskListener("orders")
	static class Orders {

		@IkigaiHandler("created")
		void created(OrderCreated order) {
			told.add("created " + order.name());
		}

		@IkigaiHandler({ "cancelled", "expired" })
		void ended(OrderEnded order, Task task) {
			told.add("ended " + order.name());
		}

		@IkigaiHandler
		void other(JsonNode order, @Header("type") String type) {
			told.add(type + " " + order);
		}

	}
	// end::class[]

	static class TenantTasks {

		String handle(Task task) {
			return task.queue();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Examples {

		@Bean
		Checks checks() {
			return new Checks();
		}

		@Bean
		Fragile fragile() {
			return new Fragile();
		}

		@Bean
		Orders orders() {
			return new Orders();
		}

		// tag::registrar[]
		@Bean
		ListenerConfigurer perTenant() {
			TenantTasks tasks = new TenantTasks();
			return (registrar) -> List.of("red", "green")
				.forEach((tenant) -> registrar.add(IkigaiTaskListener.class,
						Map.of("id", tenant, "queue", tenant + "-tasks", "concurrency", "2"), tasks, "handle"));
		}
		// end::registrar[]

		// tag::interceptor[]
		@Bean
		ListenerInterceptor calls() {
			return new ListenerInterceptor() {

				@Override
				public @Nullable Object intercept(Call call) throws Exception {
					told.add("call of " + call.destination());
					return call.proceed();
				}

			};
		}
		// end::interceptor[]

	}

}
