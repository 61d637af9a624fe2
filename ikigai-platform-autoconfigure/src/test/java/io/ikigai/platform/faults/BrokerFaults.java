package io.ikigai.platform.faults;

import java.nio.file.Path;
import java.time.Duration;

import io.ikigai.platform.testing.TcpProxy;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.Shutdown;
import io.ikigai.platform.testservers.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What breaks about a broker, the same for all of them: in each scenario work goes on or
 * resumes by itself, all that was accepted is done, and health tells the truth meanwhile.
 */
@Tag("faults")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class BrokerFaults {

	/** Where connections stay silent for ever, nothing passes that comes after. */
	private static final int LAST = Integer.MAX_VALUE;

	private final String service;

	private final String kind;

	private TestServer server;

	private TcpProxy network;

	private Fleet fleet;

	private Participant first;

	private Participant second;

	private MovableClock clock;

	/**
	 * Creates the scenarios.
	 * @param service a service that runs on the broker, as health calls it
	 * @param kind work of this service
	 */
	BrokerFaults(String service, String kind) {
		this.service = service;
		this.kind = kind;
	}

	/**
	 * Starts the broker on a small disk.
	 */
	abstract TestServer startServer();

	/**
	 * Returns the URL of the broker.
	 */
	abstract String url(TestServer server);

	/**
	 * Returns the properties by which all participants reach the broker.
	 */
	abstract String[] properties(String url);

	/**
	 * Judges, once all faults are over.
	 */
	abstract void judge(Fleet fleet) throws Exception;

	@BeforeAll
	void start(@TempDir Path directory) throws Exception {
		this.server = startServer();
		this.network = TcpProxy.to(url(this.server));
		this.fleet = new Fleet(PostgresServer.shared().freshDatabase(),
				properties(this.network.through(url(this.server))));
		this.clock = new MovableClock(directory);
		this.first = this.fleet.worker("first");
		this.second = this.fleet.worker("second", this.fleet.database(), this.clock.environment()).ready();
		this.first.ready();
	}

	@AfterAll
	void stop() throws Exception {
		this.fleet.close();
		this.network.close();
		this.server.close();
	}

	// Guards OutboxRelay.passes: nothing overtakes what waits to be sent (Redis)
	@Test
	void killedBroker() throws Throwable {
		interrupted("killed", () -> this.server.stop(Shutdown.KILLED), this.server::start);
	}

	// Shows that health tells in time that nothing answers, and that what was under way
	// comes again: many lines see to it, each of them alone
	@Test
	void frozenBroker() throws Throwable {
		interrupted("frozen", this.server::freeze, this.server::thaw);
	}

	@Test
	@Order(LAST - 1)
	void blackHole() throws Throwable {
		interrupted("black-hole", this.network::blackHole, this.network::restore);
	}

	// Guards that RedisBackend.condition() and that of NATS write, and
	// BrokerConnections.watch(), which hears that RabbitMQ takes no messages
	@Test
	void fullDisk() throws Throwable {
		interrupted("full", this.server::fillDisk, this.server::clearDisk);
	}

	// Guards ConnectedRedisTemplate.silent, which has the driver connect again (Redis)
	@Test
	@Order(LAST)
	void silentConnections() throws Throwable {
		this.fleet.producing("silent", () -> {
			this.fleet.awaitHandled(this.kind, 20);
			this.network.silence();
			this.fleet.awaitHandled(this.kind, 50);
			this.fleet.awaitAllHandledBy(this.first);
		});
		judge(this.fleet);
		this.first.awaitHealth(this.service, "UP");
	}

	// Guards QueueLane.channel, which opens one in place of a closed one (RabbitMQ)
	@Test
	void cutConnections() throws Throwable {
		this.fleet.producing("cut", () -> {
			for (int times = 0; times < 5; times++) {
				this.fleet.awaitHandled(this.kind, 20);
				this.network.cut();
			}
			this.fleet.awaitAllHandledBy(this.first);
		});
		judge(this.fleet);
	}

	// Guards HeldTasks.tooEarly: whatever the clock says, a task waits no longer than is
	// left of its delay (RabbitMQ)
	@Test
	void movedClock() throws Throwable {
		this.fleet.producing("moved", () -> {
			for (Duration by : new Duration[] { Duration.ofHours(1), Duration.ofHours(-1), Duration.ZERO }) {
				this.fleet.awaitHandled(this.kind, 20);
				this.clock.move(by);
				assertThat(this.second.hoursAhead()).isEqualTo(by.toHours());
			}
			this.fleet.awaitHandled(this.kind, 20);
		});
		judge(this.fleet);
		Verdict.nothingClaimedByAWrongClock(this.fleet);
	}

	private void interrupted(String source, Fault fault, Fault end) throws Throwable {
		this.fleet.producing(source, () -> {
			this.fleet.awaitHandled(this.kind, 20);
			fault.happen();
			try {
				// RabbitMQ tells only those who publish that its disk is full
				this.fleet.producer().awaitHealth(this.service, "DOWN");
			}
			finally {
				end.happen();
			}
			this.fleet.producer().awaitHealth(this.service, "UP");
			this.first.awaitHealth(this.service, "UP");
			this.fleet.awaitHandled(this.kind, 20);
			this.fleet.awaitAllHandledBy(this.first);
		});
		judge(this.fleet);
	}

	/**
	 * Something that happens to the broker.
	 */
	private interface Fault {

		void happen() throws Exception;

	}

}
