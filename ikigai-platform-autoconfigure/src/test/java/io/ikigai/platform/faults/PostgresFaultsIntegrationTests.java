package io.ikigai.platform.faults;

import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.Shutdown;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything on PostgreSQL while processes and the server are killed, frozen and
 * deployed. Each verdict is about all rounds so far.
 */
@Tag("faults")
class PostgresFaultsIntegrationTests {

	private static PostgresServer server;

	private static Fleet fleet;

	private static Participant first;

	private static Participant second;

	@BeforeAll
	static void start() throws Exception {
		server = PostgresServer.dedicated();
		fleet = new Fleet(server.freshDatabase());
		first = fleet.worker("first");
		second = fleet.worker("second");
		first.ready();
		second.ready();
	}

	@AfterAll
	static void stop() {
		fleet.close();
		server.close();
	}

	// Guards Housekeeping's call of LostClaims.takeBack
	@Test
	@Tag("each-build")
	void killedWorkers() throws Throwable {
		fleet.producing("killed", () -> {
			for (int kills = 0; kills < 3; kills++) {
				fleet.awaitHandledBy(first);
				Participant next = fleet.worker((kills % 2 == 0) ? "third" : "first");
				first.kill();
				fleet.awaitHandled(50);
				first = second;
				second = next.ready();
			}
		});
		Verdict.isGood(fleet);
		Verdict.nothingClaimedAfterItsEnd(fleet);
	}

	// Guards what LeasedSettlement asks of BackendErrors: whether to settle again
	@Test
	@Tag("each-build")
	void killedPostmaster() throws Throwable {
		fleet.producing("postmaster", () -> {
			fleet.awaitHandled(50);
			server.stop(Shutdown.KILLED);
			first.awaitHealth("queues", "DOWN");
			server.start();
			fleet.awaitHandled(50);
			server.restart(Shutdown.IMMEDIATE);
			fleet.awaitHandled(50);
		});
		Verdict.isGood(fleet);
		first.awaitHealth("queues", "UP");
		first.awaitHealth("listen", "UP");
	}

	// Guards the loop of ListenConnection.run, which connects again, and the taking back
	// of unanswered receives in PostgresMailboxStore.receiveInTurn
	@Test
	@Tag("each-build")
	void terminatedBackends() throws Throwable {
		fleet.producing("terminated", () -> {
			for (int times = 0; times < 8; times++) {
				fleet.awaitHandled(20);
				fleet.database().execute("""
						SELECT pg_terminate_backend(pid) FROM pg_stat_activity
						WHERE datname = current_database() AND pid <> pg_backend_pid()""");
			}
		});
		Verdict.isGood(fleet);
	}

	// Guards PostgresTaskStore's fence, "WHERE id = ? AND claim_token = ? AND claimed_at
	// = ?"
	@Test
	@Tag("each-build")
	void frozenWorker() throws Throwable {
		String held = """
				SELECT count(*) FROM task_queue
				WHERE claimed_by = '%s' AND completed_at IS NULL AND cancelled_at IS NULL AND failed_at IS NULL"""
			.formatted(first.name());
		fleet.producing("frozen", () -> {
			fleet.awaitHandledBy(first);
			Waits.until("it is frozen while it has tasks", () -> {
				first.freeze();
				if (Fleet.count(fleet.database(), held) > 0) {
					return true;
				}
				first.thaw();
				return false;
			});
			Waits.until("others have its tasks", () -> Fleet.count(fleet.database(), held) == 0);
			first.thaw();
			fleet.awaitHandled(50);
		});
		Verdict.isGood(fleet);
		Verdict.nothingClaimedAfterItsEnd(fleet);
	}

	// Guards ListenerRun.endWhenDone, which waits for handlers that run
	@Test
	@Tag("each-build")
	void deployment() throws Throwable {
		fleet.producing("deployed", () -> {
			Participant old = fleet.worker("old", "faults.work=300ms").ready();
			fleet.awaitHandledBy(old);
			assertThat(old.terminate()).isEqualTo(143);
			fleet.awaitHandled(50);
		});
		Verdict.isGood(fleet);
		Verdict.nothingClaimedAfterItsEnd(fleet);
		assertThat(Fleet.count(fleet.database(),
				"SELECT count(*) FROM task_queue WHERE payload ->> 'source' = 'deployed' AND deaths > 0"))
			.as("tasks whose worker died by a deployment")
			.isZero();
	}

}
