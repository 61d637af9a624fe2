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
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

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
		fleet = new Fleet(database);
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

	// Guards the network time limit of LimitedJdbcTemplate.limited
	@Test
	void silentConnections() throws Throwable {
		fleet.producing("silent", () -> {
			fleet.awaitHandledBy(behindNetwork);
			network.silence();
			fleet.awaitAllHandledBy(behindNetwork);
		});
		Verdict.isGood(fleet);
		behindNetwork.awaitHealth("listeners", "UP");
	}

	// Shows that what was done is not done again when the answer is lost. The line that
	// takes back unanswered receives is guarded by terminatedBackends: here the lease
	// ends
	// first
	@Test
	void lostAnswers() throws Throwable {
		fleet.producing("lost-answers", () -> {
			fleet.awaitHandledBy(behindNetwork);
			network.silence(Direction.TO_CLIENT);
			fleet.awaitAllHandledBy(behindNetwork);
		});
		Verdict.isGood(fleet);
		Verdict.nothingClaimedAfterItsEnd(fleet);
	}

	// Guards the loginTimeout that SilentConnections.limited gives the pool
	@Test
	void blackHole() throws Throwable {
		fleet.producing("black-hole", () -> {
			fleet.awaitHandledBy(behindNetwork);
			network.blackHole();
			behindNetwork.awaitHealth("queues", "DOWN");
			fleet.awaitHandledBy(healthy);
			network.restore();
			behindNetwork.awaitHealth("queues", "UP");
			fleet.awaitAllHandledBy(behindNetwork);
		});
		Verdict.isGood(fleet);
		Verdict.nothingClaimedAfterItsEnd(fleet);
	}

	// Guards TaskClaims.TRANSACTIONAL, by which the server ends what a worker has begun
	// and is not heard of any more
	@Test
	void stalledNetwork() throws Throwable {
		fleet.producing("stalled", () -> {
			network.delay(Direction.TO_SERVER, Duration.ofMillis(50));
			network.delay(Direction.TO_CLIENT, Duration.ofMillis(50));
			fleet.awaitAllHandledBy(behindNetwork);
			network.stall(Direction.TO_SERVER);
			network.stall(Direction.TO_CLIENT);
			String left = "SELECT count(*) FROM task_queue WHERE created_at < '%s' "
				.formatted(fleet.database().queryForText("SELECT clock_timestamp()::text"))
					+ "AND completed_at IS NULL AND cancelled_at IS NULL";
			Waits.until("others do what it has begun", () -> Fleet.count(fleet.database(), left) == 0);
			network.restore();
			fleet.awaitAllHandledBy(behindNetwork);
		});
		Verdict.isGood(fleet);
		Verdict.nothingClaimedAfterItsEnd(fleet);
	}

	// Guards PostgresErrors.translate, which notes that a write was refused
	@Test
	void fullDisk() throws Throwable {
		fleet.producing("full", () -> {
			fleet.awaitHandledBy(healthy);
			server.fillDisk();
			try {
				fleet.producer().awaitHealth("queues", "DOWN");
			}
			finally {
				server.clearDisk();
			}
			fleet.producer().awaitHealth("queues", "UP");
			fleet.awaitAllHandledBy(healthy);
		});
		Verdict.isGood(fleet);
		Verdict.nothingFailedInVain(fleet);
	}

	// Guards TakingFailures.failed, which has a listener take its work again
	@Test
	void exhaustedConnections() throws Throwable {
		fleet.producing("exhausted", () -> {
			fleet.awaitHandledBy(healthy);
			List<Connection> taken = new ArrayList<>();
			try {
				Waits.until("no connection is left", () -> {
					takeConnections(taken);
					return healthy.status("queues").equals("DOWN");
				});
			}
			finally {
				for (Connection connection : taken) {
					connection.close();
				}
			}
			fleet.awaitAllHandledBy(healthy);
		});
		Verdict.isGood(fleet);
		Verdict.nothingFailedInVain(fleet);
		healthy.awaitHealth("queues", "UP");
	}

	// Guards "claimed_at = statement_timestamp()" in TaskClaims: the server's clock
	// counts
	@Test
	void movedClock() throws Throwable {
		fleet.producing("moved", () -> {
			for (Duration by : List.of(Duration.ofHours(1), Duration.ofHours(-1), Duration.ZERO)) {
				fleet.awaitHandledBy(healthy);
				clock.move(by);
				assertThat(healthy.hoursAhead()).isEqualTo(by.toHours());
			}
			fleet.awaitHandledBy(healthy);
		});
		Verdict.isGood(fleet);
		Verdict.nothingClaimedByAWrongClock(fleet);
		Verdict.nothingClaimedAfterItsEnd(fleet);
	}

	/**
	 * Takes each connection that is free, and those of the participants. One that is just
	 * being opened is not seen yet, and remains.
	 */
	private static void takeConnections(List<Connection> taken) throws SQLException {
		PostgresDatabase database = new PostgresDatabase(fleet.database().url() + "?ApplicationName=taken",
				fleet.database().username(), fleet.database().password());
		int left = 1;
		while (left > 0) {
			try {
				taken.add(database.connect());
			}
			catch (SQLException ex) {
				left = terminateParticipants(taken.get(0));
			}
		}
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
