package io.ikigai.platform.guide;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.ikigai.platform.Platform;
import io.ikigai.platform.ai.MiniLmEmbeddingModel;
import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.pubsub.PubSub;
import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.queue.TaskPage;
import io.ikigai.platform.queue.TaskQuery;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.Op;
import io.ikigai.platform.storage.SearchHit;
import io.ikigai.platform.storage.StoredDocument;
import io.ikigai.platform.telemetry.Aggregation;
import io.ikigai.platform.telemetry.Telemetry;
import io.ikigai.platform.telemetry.TelemetryBucket;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.event.TransactionalEventListener;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of the services' chapters.
 */
class ServicesGuideIntegrationTests {

	private static ConfigurableApplicationContext application;

	private static Platform platform;

	@BeforeAll
	static void start() {
		application = GuideApplication.start(Examples.class, "ikigai.storage.collections.passages.vector-size=384");
		platform = application.getBean(Platform.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void enqueuesClaimsAndCompletes() {
		List<CheckRequest> requests = List.of(new CheckRequest("https://example.com/"));
		List<String> outcomes = new ArrayList<>();
		// tag::task-queues[]
		TaskQueue queue = platform.queue("monitoring-tasks");

		UUID id = queue.enqueue(new CheckRequest("https://example.org/"),
				TaskOptions.of().withPriority(5).withUniqueKey("example.org"));
		// All or none; one round trip for a thousand
		List<UUID> ids = queue.enqueueAll(requests, TaskOptions.of().withDelay(Duration.ofMinutes(1)));

		// Woken by a notification
		Task task = queue.claim(Duration.ofMinutes(2)).orElseThrow();
		CheckRequest request = task.payload(CheckRequest.class);
		// What is written and the completion: both or neither
		task.complete(() -> outcomes.add(request.url()));
		// end::task-queues[]
		assertThat(task.id()).isEqualTo(id);
		assertThat(outcomes).containsExactly("https://example.org/");
		assertThat(queue.find(ids.get(0)).orElseThrow().state()).isEqualTo(TaskState.SCHEDULED);
	}

	@Test
	void findsTasks() {
		TaskQueue queue = platform.queue("failing");
		queue.enqueueAll(List.of("a", "b"));
		queue.claim(2).forEach((task) -> task.fail("a timeout"));
		// tag::find-tasks[]
		TaskQuery query = TaskQuery.all().withState(TaskState.FAILED).withText("timeout").withLimit(1);
		TaskPage page = queue.find(query);
		while (page.next() != null) {
			page = queue.find(query.withAfter(page.next()));
		}
		// end::find-tasks[]
		assertThat(page.tasks()).singleElement().satisfies((task) -> assertThat(task.error()).contains("timeout"));
	}

	@Test
	void enqueuesAfterTheCommit() {
		OrderPlaced order = new OrderPlaced(UUID.randomUUID());
		platform.transaction(() -> application.publishEvent(order));
		assertThat(platform.queue("shipping").claim()).map((task) -> task.payload(UUID.class)).contains(order.id());
	}

	@Test
	void sendsAndReceives() throws Exception {
		List<Alert> handled = new ArrayList<>();
		// tag::mailboxes[]
		Mailbox mailbox = platform.mailbox("ops-alerts");
		mailbox.send(new Alert("disk full"), MessageOptions.of().withHeader("host", "a").withReplyTo("answers"));

		// Woken by a notification
		MailboxMessage message = mailbox.receive(Duration.ofMinutes(2)).orElseThrow();
		handled.add(message.payload(Alert.class));
		// Joins the running transaction
		message.acknowledge();

		CompletableFuture<Status> status = mailbox.ask(new Question("how is it?"), Status.class, Duration.ofMinutes(2));
		// end::mailboxes[]
		assertThat(handled).containsExactly(new Alert("disk full"));
		MailboxMessage question = mailbox.receive(Waits.LIMIT).orElseThrow();
		question.reply(new Status("fine"));
		question.acknowledge();
		assertThat(Waits.value("the answer", status)).isEqualTo(new Status("fine"));
	}

	@Test
	void publishesAndSubscribes() {
		List<Price> shown = new CopyOnWriteArrayList<>();
		// tag::pubsub[]
		PubSub pubsub = platform.pubsub();
		Subscription subscription = pubsub.subscribe("prices", Price.class, shown::add);

		pubsub.publish("prices", new Price("tea", 2.5));
		// end::pubsub[]
		await().untilAsserted(() -> assertThat(shown).containsExactly(new Price("tea", 2.5)));
		subscription.close();
	}

	@Test
	void caches() {
		Price price = new Price("EUR", 1.1);
		// tag::cache[]
		// Without a name it is the region "default"
		Cache cache = platform.cache("prices");

		// Without a time it stays until it is replaced or deleted
		cache.set("EUR", price, Duration.ofMinutes(5));
		Optional<Price> known = cache.get("EUR", Price.class);
		// One round trip
		Map<String, Price> many = cache.getAll(List.of("EUR", "USD"), Price.class);
		Price loaded = cache.get("USD", Price.class, Duration.ofMinutes(5), () -> load("USD"));
		boolean first = cache.setIfAbsent("job-7", "this host", Duration.ofHours(1));
		long calls = cache.increment("calls:anna", 1, Duration.ofMinutes(1));
		// end::cache[]
		assertThat(known).contains(price);
		assertThat(many).isEqualTo(Map.of("EUR", price));
		assertThat(loaded).isEqualTo(load("USD"));
		assertThat(first).isTrue();
		assertThat(calls).isOne();
	}

	private static Price load(String currency) {
		return new Price(currency, 1.0);
	}

	@Test
	void storesDocuments() {
		Site site = new Site("up", "the certificate is fine");
		Site changed = new Site("down", "the certificate is about to expire");
		// tag::storage[]
		DocumentCollection<Site> sites = platform.storage().documents("sites", Site.class);

		// Inserts or replaces; the version is 1, 2, 3, …
		StoredDocument<Site> stored = sites.put("example.org", site);
		// Only if nobody was faster; with 0 only if it is new
		sites.put("example.org", changed, stored.version());
		// All or none; one round trip for a thousand
		sites.putAll(Map.of("example.com", site, "example.net", site));

		List<StoredDocument<Site>> down = sites
			.find(DocumentQuery.all().where("state", Op.EQ, "down").orderBy("since", false));
		List<SearchHit<Site>> hits = sites.search("certificate \"about to expire\" -fine", 10);
		// end::storage[]
		assertThat(down).extracting(StoredDocument::id).containsExactly("example.org");
		assertThat(hits).singleElement().satisfies((hit) -> assertThat(hit.document().value()).isEqualTo(changed));
	}

	@Test
	void searchesByMeaning() {
		Passage passage = new Passage("Set server.port to let the web server listen elsewhere.", "en");
		float[] vector = application.getBean(MiniLmEmbeddingModel.class).embed(passage.text());
		// tag::vectors[]
		DocumentCollection<Passage> passages = platform.storage().documents("passages", Passage.class);

		passages.put("p1", passage);
		// A vector of your own making; nearest is by cosine
		passages.embed("p1", vector);
		List<SearchHit<Passage>> near = passages.nearest(vector, 10);
		List<SearchHit<Passage>> english = passages.nearest(vector, DocumentQuery.all().where("language", Op.EQ, "en"),
				10);
		// The application's model makes the vector of the text
		List<SearchHit<Passage>> alike = passages.similar("how do I change the port", 10);
		// Full text and meaning together
		List<SearchHit<Passage>> both = passages.hybrid("how do I change the port", 10);
		// end::vectors[]
		assertThat(List.of(near, english, alike, both)).allSatisfy((hits) -> assertThat(hits).singleElement()
			.satisfies((hit) -> assertThat(hit.document().value()).isEqualTo(passage)));
	}

	@Test
	void emitsAndAsks() {
		Instant yesterday = Instant.now().minus(Duration.ofDays(1));
		// tag::telemetry[]
		Telemetry telemetry = platform.telemetry();
		telemetry.emit("site_checked", Map.of("site", "example.org", "millis", 132));
		// Only where what was emitted must be seen at once
		telemetry.flush();

		List<TelemetryEvent> events = telemetry
			.query(TelemetryQuery.all().withType("site_checked").withText("example.org").withLimit(20));
		List<TelemetryBucket> series = telemetry.series(
				TelemetryQuery.all().withType("site_checked").withFrom(yesterday), Duration.ofMinutes(5), "millis",
				Aggregation.P95);
		// end::telemetry[]
		assertThat(events).hasSize(1);
		assertThat(series).singleElement().satisfies((bucket) -> assertThat(bucket.value()).isEqualTo(132));
	}

	record CheckRequest(String url) {
	}

	record Alert(String text) {
	}

	record Question(String text) {
	}

	record Status(String text) {
	}

	record Price(String name, double value) {
	}

	record Site(String state, String note) {
	}

	record Passage(String text, String language) {
	}

	@Import({ MiniLmEmbeddingModel.class, Shipping.class })
	static class Examples {

	}

	record OrderPlaced(UUID id) {
	}

	static class Shipping {

		private final Platform platform;

		Shipping(Platform platform) {
			this.platform = platform;
		}

		// tag::after-commit[]
		@TransactionalEventListener
		void on(OrderPlaced order) {
			this.platform.queue("shipping").enqueue(order.id());
		}
		// end::after-commit[]

	}

}
