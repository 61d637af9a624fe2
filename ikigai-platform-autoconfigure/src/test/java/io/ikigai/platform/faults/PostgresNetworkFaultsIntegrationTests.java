package io.ikigai.platform.faults;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.testing.TcpProxy;
import io.ikigai.platform.testing.TcpProxy.Direction;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything on PostgreSQL while the network of one of two workers, the server's disk,
 * its connections and a worker's clock are not what they should be.
 */
@Tag("faults")
class PostgresNetworkFaultsIntegrationTests {

	private static PostgresServer server;

	private static TcpProxy network;

	private static MovableClock clock;

	private static Fleet fleet;

	private static Participant behindNetwork;

	private static Participant healthy;

	@BeforeAll
	static void start(@TempDir Path directory) throws Exception {
		server = PostgresServer.onSmallDisk();
		PostgresDatabase database = server.freshDatabase();
		network = TcpProxy.to(database.url());
		clock = new MovableClock(directory);
		// The handlers' own statements are the application's, which limits them itself
		fleet = new Fleet(database, "spring.datasource.hikari.data-source-properties.socketTimeout=10");
		behindNetwork = fleet.worker("behind-network",
				new PostgresDatabase(network.through(database.url()), database.username(), database.password()));
		healthy = fleet.worker("healthy", database, clock.environment());
		behindNetwork.ready();
		healthy.ready();
	}

	@AfterAll
	static void stop() throws Exception {
		fleet.close();
		network.close();
		server.close();
	}

	@Test
	void silentConnections() throws Throwable {
		fleet.producing("silent", () -> {
			fleet.awaitHandledBy(behindNetwork);
			network.silence();
			fleet.awaitHandledBy(behindNetwork);
		});
		Verdict.isGood(fleet);
		behindNetwork.awaitHealth("queues", "UP");
	}

	@Test
	void lostAnswers() throws Throwable {
		fleet.producing("lost-answers", () -> {
			fleet.awaitHandledBy(behindNetwork);
			network.silence(Direction.TO_CLIENT);
			fleet.awaitHandledBy(behindNetwork);
		});
		Verdict.isGood(fleet);
		Verdict.nothingClaimedAfterItsEnd(fleet);
	}

	@Test
	void blackHole() throws Throwable {
		fleet.producing("black-hole", () -> {
			fleet.awaitHandledBy(behindNetwork);
			network.blackHole();
			behindNetwork.awaitHealth("queues", "DOWN");
			fleet.awaitHandledBy(healthy);
			network.restore();
			behindNetwork.awaitHealth("queues", "UP");
			fleet.awaitHandledBy(behindNetwork);
		});
		Verdict.isGood(fleet);
		Verdict.nothingClaimedAfterItsEnd(fleet);
	}

	@Test
	void slowNetwork() throws Throwable {
		fleet.producing("slow", () -> {
			network.delay(Direction.TO_SERVER, Duration.ofMillis(50));
			network.delay(Direction.TO_CLIENT, Duration.ofMillis(50));
			fleet.awaitHandledBy(behindNetwork);
			network.restore();
		});
		Verdict.isGood(fleet);
	}

	@Test
	void fullDisk() throws Throwable {
		fleet.producing("full", () -> {
			fleet.awaitHandledBy(healthy);
			server.fillDisk();
			// The log of transactions is what the server cannot do without
			fill(fleet.database());
			server.clearDisk();
			fleet.awaitHandledBy(healthy);
		});
		Verdict.isGood(fleet);
		healthy.awaitHealth("queues", "UP");
	}

	@Test
	void exhaustedConnections() throws Throwable {
		fleet.producing("exhausted", () -> {
			fleet.awaitHandledBy(healthy);
			List<Connection> taken = takeAllConnections();
			try {
				healthy.awaitHealth("queues", "DOWN");
			}
			finally {
				for (Connection connection : taken) {
					connection.close();
				}
			}
			fleet.awaitHandledBy(healthy);
		});
		Verdict.isGood(fleet);
		healthy.awaitHealth("queues", "UP");
	}

	@Test
	void movedClock() throws Throwable {
		fleet.producing("moved", () -> {
			for (Duration by : List.of(Duration.ofHours(1), Duration.ofHours(-1), Duration.ZERO)) {
				fleet.awaitHandledBy(healthy);
				clock.move(by);
			}
			fleet.awaitHandledBy(healthy);
		});
		Verdict.isGood(fleet);
		Verdict.nothingClaimedAfterItsEnd(fleet);
	}

	private static void fill(PostgresDatabase database) {
		try {
			while (true) {
				database.execute("CREATE TABLE IF NOT EXISTS filler (text text); "
						+ "INSERT INTO filler SELECT repeat('x', 1000) FROM generate_series(1, 20000)");
			}
		}
		catch (SQLException ex) {
			// The disk is full.
		}
	}

	/**
	 * Takes each connection that is free, and those of the participants.
	 */
	private static List<Connection> takeAllConnections() throws SQLException {
		PostgresDatabase database = new PostgresDatabase(fleet.database().url() + "?ApplicationName=taken",
				fleet.database().username(), fleet.database().password());
		List<Connection> taken = new ArrayList<>();
		int left = 1;
		while (left > 0) {
			try {
				taken.add(database.connect());
			}
			catch (SQLException ex) {
				left = terminateParticipants(taken.get(0));
			}
		}
		return taken;
	}

	private static int terminateParticipants(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("""
				SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
				WHERE datname = current_database() AND application_name <> 'taken'""")) {
			row.next();
			return row.getInt(1);
		}
	}

}
