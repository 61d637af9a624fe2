package io.ikigai.platform.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.function.Executable;

/**
 * The participants of a scenario, their platform's database and their ledger. What is
 * produced between two {@linkplain Verdict verdicts} may meet any number of faults.
 */
final class Fleet implements AutoCloseable {

	private final PostgresDatabase database;

	private final PostgresDatabase ledger;

	private final List<String> properties;

	private final List<Participant> participants = new ArrayList<>();

	private final Participant producer;

	/**
	 * Starts a producer, which is also the subscriber that hears everything.
	 * @param database the platform's database, empty
	 * @param properties what all participants have in common, such as the backends
	 */
	Fleet(PostgresDatabase database, String... properties) throws SQLException {
		this.database = database;
		this.ledger = PostgresServer.shared().freshDatabase();
		this.properties = List.of(properties);
		Ledger.create(this.ledger);
		Ledger.create(database);
		this.producer = start("producer", database, Map.of(), "faults.subscribes=true").ready();
	}

	/**
	 * Starts a worker; it works once it is {@linkplain Participant#ready() ready}.
	 */
	Participant worker(String name, String... more) {
		return worker(name, this.database, more);
	}

	/**
	 * Starts a worker that reaches the database on a way of its own.
	 */
	Participant worker(String name, PostgresDatabase way, String... more) {
		return worker(name, way, Map.of(), more);
	}

	/**
	 * Starts a worker in an environment of its own.
	 */
	Participant worker(String name, PostgresDatabase way, Map<String, String> environment, String... more) {
		List<String> all = new ArrayList<>(List.of("faults.works=true", "faults.subscribes=true"));
		all.addAll(List.of(more));
		return start(name, way, environment, all.toArray(String[]::new));
	}

	private Participant start(String name, PostgresDatabase way, Map<String, String> environment, String... more) {
		List<String> all = new ArrayList<>(List.of("ikigai.agent.name=" + name, "ikigai.postgres.url=" + way.url(),
				"ikigai.postgres.username=" + way.username(), "ikigai.postgres.password=" + way.password(),
				"faults.ledger.url=" + this.ledger.url(), "faults.ledger.username=" + this.ledger.username(),
				"faults.ledger.password=" + this.ledger.password(), "spring.flyway.enabled=false",
				"spring.main.banner-mode=off", "spring.datasource.hikari.connection-timeout=2000",
				"management.endpoint.health.show-details=always", "management.health.redis.enabled=false",
				"management.health.rabbit.enabled=false",
				// Short ones, so that what only a lease frees is free soon
				"ikigai.queues.lease=5s", "ikigai.mailboxes.lease=5s",
				// An outage is not the work's fault
				"ikigai.queues.max-worker-deaths=1000", "ikigai.queues.retry.max-attempts=1000",
				"ikigai.queues.retry.delay=100ms", "ikigai.queues.retry.max-delay=1s",
				"ikigai.mailboxes.retry.max-attempts=1000", "ikigai.mailboxes.retry.delay=100ms",
				"ikigai.mailboxes.retry.max-delay=1s", "ikigai.pubsub.retention=10m", "logging.threshold.console=off",
				"logging.file.name=" + log(name)));
		all.addAll(this.properties);
		all.addAll(List.of(more));
		Participant participant = new Participant(name, all.stream().map("--"::concat).toList(), environment);
		this.participants.add(participant);
		return participant;
	}

	// They tell of each fault that they meet: too much for the build's output
	private static Path log(String name) {
		Path directory = Path.of(System.getProperty("basedir", ""), "target", "faults");
		try {
			return Files.createDirectories(directory).resolve(name + ".log");
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The producer, which no scenario kills without saying so.
	 */
	Participant producer() {
		return this.producer;
	}

	/**
	 * Produces beside what the scenario does, until it has done that.
	 * @param source the source's name, new for each call
	 * @param faults what breaks meanwhile
	 */
	void producing(String source, Executable faults) throws Throwable {
		this.producer.tell("produce " + source);
		faults.execute();
		this.producer.tell("stop " + source).await("produced ");
	}

	/**
	 * Waits until so many further handlers have begun, on whatever.
	 */
	void awaitHandled(int further) {
		awaitHandlings("kind <> '" + Consumers.TOPIC + "'", further);
	}

	/**
	 * Waits until so many further handlers have begun.
	 * @param kind the queue or mailbox
	 */
	void awaitHandled(String kind, int further) {
		awaitHandlings("kind = '" + kind + "'", further);
	}

	/**
	 * Waits until a participant has begun to handle something further.
	 */
	void awaitHandledBy(Participant worker) {
		awaitHandlings("kind <> '" + Consumers.TOPIC + "' AND worker = '" + worker.inLedger() + "'", 1);
	}

	/**
	 * Waits until a participant has begun to handle something further of each queue, and
	 * has heard something further.
	 */
	void awaitAllHandledBy(Participant worker) {
		List<String> kinds = new ArrayList<>(Consumers.QUEUES);
		kinds.add(Consumers.TOPIC);
		Map<String, Integer> before = new HashMap<>();
		kinds.forEach((kind) -> before.put(kind, handlings(kind, worker)));
		Waits.until(worker.name() + " handles further work of each kind", () -> {
			kinds.removeIf((kind) -> handlings(kind, worker) > before.get(kind));
			return kinds;
		}, List::isEmpty);
	}

	private int handlings(String kind, Participant worker) {
		return handlings("kind = '" + kind + "' AND worker = '" + worker.inLedger() + "'");
	}

	/**
	 * Returns how many handlers have begun.
	 * @param kind the queue or mailbox
	 */
	int handled(String kind) {
		return handlings("kind = '" + kind + "'");
	}

	private void awaitHandlings(String condition, int further) {
		int before = handlings(condition);
		Waits.until(further + " further handlings with " + condition, () -> handlings(condition) >= before + further);
	}

	private int handlings(String condition) {
		return count(this.ledger, "SELECT count(*) FROM ledger.handling WHERE " + condition);
	}

	static int count(PostgresDatabase database, String sql) {
		try {
			return Integer.parseInt(String.valueOf(database.queryForText(sql)));
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Tells whether tasks are in the database that their effects are in.
	 */
	boolean queuesOnPostgres() {
		return this.properties.stream().noneMatch((property) -> property.startsWith("ikigai.services.queues="));
	}

	PostgresDatabase database() {
		return this.database;
	}

	PostgresDatabase ledger() {
		return this.ledger;
	}

	@Override
	public void close() {
		this.participants.forEach(Participant::close);
	}

}
