package io.ikigai.sample.webapp.scenario;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.ikigai.platform.Platform;
import io.ikigai.platform.agent.AgentStatus;
import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.queue.QueueStats;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.Op;
import io.ikigai.platform.storage.StoredDocument;
import io.ikigai.platform.telemetry.Aggregation;
import io.ikigai.platform.telemetry.TelemetryBucket;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The packaged agent and the packaged console, as processes, do the same whatever their
 * {@code ikigai.conf} says. They are driven from outside: over HTTP, by a third program
 * that connects with the same file, and by plain SQL where PostgreSQL has it. The last
 * tests kill and stop what the others use.
 */
@ParameterizedClass
@MethodSource("io.ikigai.sample.webapp.scenario.ScenarioConfiguration#chosen")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ScenarioIntegrationTests {

	private static final int MANY = 24;

	private static ScenarioServers servers;

	private static CheckedSite site;

	private static SampleProcess agent;

	private static SampleProcess console;

	private static ConsoleBrowser browser;

	private static Platform third;

	private static Path directory;

	private static Path conf;

	@Parameter
	private ScenarioConfiguration configuration;

	@BeforeParameterizedClassInvocation
	static void start(ScenarioConfiguration configuration) throws Exception {
		directory = Files.createDirectories(
				Path.of("target", "scenario", configuration.name().toLowerCase(Locale.ROOT)).toAbsolutePath());
		servers = new ScenarioServers(configuration);
		conf = servers.write(directory);
		site = new CheckedSite();
		int port = freePort();
		agent = startAgent("agent.log");
		console = SampleProcess.start("sample-webapp", conf, directory.resolve("console.log"),
				Map.of("SERVER_PORT", String.valueOf(port), "CONSOLE_OPERATOR_PASSWORD", ConsoleBrowser.PASSWORD));
		agent.awaitStarted();
		console.awaitStarted();
		browser = new ConsoleBrowser(URI.create("http://127.0.0.1:" + port + "/"));
		third = Platform.connect(conf);
	}

	private static SampleProcess startAgent(String log) throws IOException {
		return SampleProcess.start("sample-agent", conf, directory.resolve(log),
				Map.of("MONITORING_ALLOWED_ADDRESSES", "127.0.0.1"));
	}

	@AfterParameterizedClassInvocation
	static void stop() throws Exception {
		for (AutoCloseable each : new AutoCloseable[] { third, browser, console, agent, site, servers }) {
			if (each != null) {
				each.close();
			}
		}
		third = null;
		browser = null;
		console = null;
		agent = null;
		site = null;
		servers = null;
	}

	@Test
	@Order(1)
	void runsWhereTheFileSays() throws Exception {
		assertThat(browser.get("/actuator/ikigai")).contains(this.configuration.asJson());
		assertThat(browser.get("/actuator/health")).contains("\"status\":\"UP\"").doesNotContain("DOWN");
		assertThat(third.agents().find("monitoring-agent")).get()
			.extracting((found) -> found.status())
			.isEqualTo(AgentStatus.RUNNING);
	}

	@Test
	@Order(2)
	void handlesACheckAndTellsItsOutcome() throws Exception {
		URI address = site.at("/up");
		List<Told> told = new CopyOnWriteArrayList<>();
		try (Subscription subscription = third.pubsub().subscribe("site-checks", Told.class, told::add)) {
			assertThat(browser.queue(List.of(address), 0)).isEqualTo(302);
			await().until(() -> browser.finished(address) && browser.news(address, "up") && browser.told("news"));
			await().until(() -> told.stream().anyMatch((check) -> check.url().equals(address)));
		}
		assertThat(documents(address)).hasSize(1).allSatisfy((document) -> {
			assertThat(document.value().state()).isEqualTo("up");
			assertThat(document.value().status()).isEqualTo(200);
		});
		String id = documents(address).get(0).id();
		assertThat(told).extracting(Told::taskId).contains(UUID.fromString(id));
		assertThat(
				sql("SELECT value ->> 'state' FROM ikigai_document WHERE collection = 'site-checks' AND id = '%s'", id))
			.isEqualTo("up");
		if (this.configuration.queuesOn("postgres")) {
			assertThat(sql("SELECT completed_at IS NOT NULL FROM task_queue WHERE id = '%s'", id)).isEqualTo("t");
		}
	}

	@Test
	@Order(3)
	void handlesWhatIsDueLaterAndWhatAnyProgramEnqueues() throws Exception {
		assertThat(browser.queue(List.of(site.at("/later")), 3)).isEqualTo(302);
		UUID id = queue().enqueue(Map.of("url", site.at("/third")));
		await().until(() -> documents(site.at("/third")).size() == 1);
		await().until(() -> queue().find(id).map(TaskInfo::state).equals(Optional.of(TaskState.COMPLETED)));
		await().until(() -> browser.finished(site.at("/later")));
		TaskInfo later = queue().list(TaskState.COMPLETED, 10)
			.stream()
			.filter((task) -> task.json().contains("/later"))
			.findFirst()
			.orElseThrow();
		assertThat(later.claimedAt()).isAfterOrEqualTo(later.scheduledFor());
		assertThat(later.scheduledFor()).isBetween(later.createdAt().plusSeconds(2), later.createdAt().plusSeconds(4));
	}

	@Test
	@Order(4)
	void sendsAnAlertWhenASiteGoesDown() throws Exception {
		URI address = site.at("/down");
		assertThat(browser.queue(List.of(address), 0)).isEqualTo(302);
		MailboxMessage message = third.mailbox("ops-alerts").receive(Waits.LIMIT).orElseThrow();
		assertThat(message.sender()).isEqualTo("monitoring-agent");
		assertThat(message.payload(Alert.class)).isEqualTo(new Alert(address, "down"));
		message.acknowledge();
		assertThat(third.mailbox("ops-alerts").receive()).isEmpty();
		await().until(() -> browser.news(address, "down"));
		if (this.configuration.mailboxesOn("postgres")) {
			assertThat(sql("SELECT read_at IS NOT NULL FROM mailbox WHERE id = '%s'", message.id())).isEqualTo("t");
		}
	}

	@Test
	@Order(5)
	void answersAQuestion() {
		URI address = site.at("/asked");
		queue().enqueue(Map.of("url", address));
		await().until(() -> documents(address).size() == 1);
		Answer answer = third.mailbox("monitoring-agent")
			.ask(Map.of("site", address), Answer.class, Duration.ofSeconds(30))
			.join();
		assertThat(answer.checks()).extracting(Check::state).containsExactly("up");
	}

	@Test
	@Order(6)
	void seesWhatOtherProcessesCache() throws Exception {
		Cache cache = third.cache("console");
		await().until(() -> browser.checks() > 0
				&& cache.get("answer-times", AnswerTimes.class).filter((times) -> times.checks() > 0).isPresent());
		cache.set("answer-times", new AnswerTimes(4711, 12), Duration.ofSeconds(30));
		await().until(() -> browser.checks() == 4711);
		cache.delete("answer-times");
		await().until(() -> browser.checks() < 4711);
	}

	@Test
	@Order(7)
	void tellsByTelemetryWhatWasDone() throws Exception {
		TelemetryQuery byAgent = TelemetryQuery.all().withAgent("monitoring-agent");
		UUID id = queue().enqueue(Map.of("url", site.at("/told")));
		await().until(() -> third.telemetry()
			.query(byAgent.withType("task_completed").withText(id.toString()))
			.stream()
			.anyMatch((event) -> event.json().contains("monitoring-tasks")));
		await()
			.until(() -> !third.telemetry().query(byAgent.withType("site_checked").withText(id.toString())).isEmpty());
		List<TelemetryBucket> hours = third.telemetry()
			.series(byAgent.withType("site_checked"), Duration.ofHours(1), "millis", Aggregation.MAX);
		assertThat(hours.stream().mapToLong(TelemetryBucket::count).sum())
			.isEqualTo(third.storage().documents("site-checks", Check.class).count(DocumentQuery.all()));
		if (this.configuration.telemetryOn("postgres")) {
			assertThat(sql(
					"SELECT count(*) FROM telemetry WHERE event_type = 'task_completed' AND payload ->> 'id' = '%s'",
					id))
				.isEqualTo("1");
		}
	}

	@Test
	@Order(8)
	void finishesEverythingAfterAnAgentWasKilled() throws Exception {
		Set<URI> addresses = slow("kill");
		queueAndAwaitWork(addresses);
		agent.kill();
		assertThat(countDocuments(addresses)).isLessThan(MANY);
		agent = startAgent("agent-after-kill.log");
		awaitFinished(addresses);
		QueueStats stats = queue().stats();
		assertThat(stats.failed()).isZero();
		List<TaskInfo> completed = queue().list(TaskState.COMPLETED, 1000);
		assertThat(completed).doesNotHaveDuplicates().hasSize((int) stats.completed());
		assertThat(completed.stream().filter((task) -> task.json().contains("/down/slow/kill/"))).hasSize(MANY);
		assertThat(alertsOf(addresses)).containsExactlyInAnyOrderElementsOf(addresses);
		await().until(() -> browser.completed() == stats.completed());
	}

	@Test
	@Order(9)
	void losesNothingWhileServersAreAway() throws Exception {
		// From here on there are reasons to log errors
		assertThat(agent.awaitStarted().log()).doesNotContain(" ERROR ");
		assertThat(console.log()).doesNotContain(" ERROR ");
		Set<URI> addresses = slow("away");
		queueAndAwaitWork(addresses);
		servers.stop();
		await().until(() -> browser.health() == 503);
		URI meanwhile = site.at("/down/slow/away/meanwhile");
		if (browser.queue(List.of(meanwhile), 0) == 302) {
			addresses.add(meanwhile);
		}
		servers.start();
		await().until(() -> browser.health() == 200);
		await().ignoreExceptions().until(() -> third.mailbox("ops-alerts").unread() >= 0);
		awaitFinished(addresses);
		// What was refused may have been queued all the same
		assertThat(alertsOf(addresses)).containsAll(addresses).doesNotHaveDuplicates();
		if (this.configuration != ScenarioConfiguration.POSTGRES) {
			TelemetryQuery told = TelemetryQuery.all()
				.withType("site_checked")
				.withText("/down/slow/away/")
				.withLimit(1000);
			await().ignoreExceptions().until(() -> third.telemetry().query(told).size() >= addresses.size());
		}
	}

	private static Set<URI> slow(String why) {
		return IntStream.range(0, MANY)
			.mapToObj((number) -> site.at("/down/slow/" + why + "/" + number))
			.collect(Collectors.toCollection(HashSet::new));
	}

	/**
	 * Some of it is done then, some is being done, and some waits.
	 */
	private static void queueAndAwaitWork(Set<URI> addresses) throws Exception {
		int before = site.slowLooks();
		assertThat(browser.queue(addresses, 0)).isEqualTo(302);
		await().until(() -> site.slowLooks() - before > MANY / 4);
	}

	private static void awaitFinished(Set<URI> addresses) {
		await().ignoreExceptions().until(() -> countDocuments(addresses) >= addresses.size());
		await().ignoreExceptions()
			.until(() -> queue().stats(), (stats) -> stats.ready() + stats.claimed() + stats.scheduled() == 0);
		assertThat(countDocuments(addresses)).isEqualTo(addresses.size());
	}

	/**
	 * Until each is there, and then whatever else has come.
	 */
	private static List<URI> alertsOf(Set<URI> addresses) {
		List<URI> alerts = new ArrayList<>();
		await().ignoreExceptions().until(() -> {
			for (MailboxMessage message : third.mailbox("ops-alerts").receive(100)) {
				message.acknowledge();
				alerts.add(message.payload(Alert.class).url());
			}
			return new HashSet<>(alerts).containsAll(addresses) && third.mailbox("ops-alerts").unread() == 0;
		});
		return alerts;
	}

	@Test
	@Order(10)
	void stopsInOrder() throws Exception {
		assertThat(agent.stop()).isEqualTo(143);
		assertThat(console.stop()).isEqualTo(143);
		third.close();
		assertThat(sql("SELECT string_agg(DISTINCT status, ' ') FROM agent_registry")).isEqualTo("stopped");
	}

	private static ConditionFactory await() {
		return Waits.await();
	}

	private static TaskQueue queue() {
		return third.queue("monitoring-tasks");
	}

	private static List<StoredDocument<Check>> documents(URI address) {
		DocumentCollection<Check> checks = third.storage().documents("site-checks", Check.class);
		return checks.find(DocumentQuery.all().where("url", Op.EQ, address.toString()));
	}

	private static long countDocuments(Set<URI> addresses) {
		List<String> urls = addresses.stream().map(URI::toString).toList();
		return third.storage()
			.documents("site-checks", Check.class)
			.count(DocumentQuery.all().where("url", Op.IN, urls));
	}

	private static String sql(String query, Object... arguments) throws Exception {
		PostgresDatabase database = servers.database();
		return String.valueOf(database.queryForText(query.formatted(arguments)));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	record Told(UUID taskId, URI url) {
	}

	record Check(URI url, String state, Integer status) {
	}

	record Alert(URI url, String state) {
	}

	record Answer(List<Check> checks) {
	}

	record AnswerTimes(long checks, long averageMillis) {
	}

}
