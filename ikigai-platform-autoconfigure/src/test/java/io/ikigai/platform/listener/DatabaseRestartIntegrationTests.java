package io.ikigai.platform.listener;

import java.util.UUID;
import java.util.concurrent.CountDownLatch;

import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.Shutdown;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessException;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Listeners whose database goes away and comes back.
 */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseRestartIntegrationTests {

	@Test
	void goesOnAfterwardsAndSettlesWhatEndedMeanwhile(CapturedOutput output) {
		try (PostgresServer server = PostgresServer.dedicated();
				ListenerApplication application = ListenerApplication.start(server.freshDatabase(), Handlers.class,
						"spring.datasource.hikari.connection-timeout=1000", "ikigai.queues.poll-interval=500ms")) {
			UUID running = application.enqueue("leased", "wait");
			await().until(() -> application.listener("leased").active() == 1);
			server.stop(Shutdown.FAST);
			Handlers.release.countDown();
			await().until(output::getAll, (log) -> log.contains("cannot be settled yet")
					&& log.contains("Listener 'claimed' cannot take its work"));
			server.start();
			await().ignoreExceptionsInstanceOf(DataAccessException.class)
				.until(() -> application.task("leased", running).completedAt() != null);
			assertThat(application.task("leased", running).attempt()).isEqualTo(1);
			UUID leased = application.enqueue("leased", "quick");
			UUID claimed = application.enqueue("claimed", "quick");
			assertThat(application.awaitCompleted("leased", leased).attempt()).isEqualTo(1);
			assertThat(application.awaitCompleted("claimed", claimed).attempt()).isEqualTo(1);
			assertThat(output).containsOnlyOnce("Listener 'claimed' cannot take its work")
				.containsOnlyOnce("Listener 'claimed' takes its work again");
			application.platform().telemetry().flush();
			assertThat(application.platform().telemetry().query(TelemetryQuery.all().withType("error")))
				.extracting(TelemetryEvent::json)
				.filteredOn((error) -> error.contains("\"claimed\""))
				.singleElement()
				.asString()
				.contains("\"listener\"", "\"error\"");
		}
	}

	static class Handlers {

		static final CountDownLatch release = new CountDownLatch(1);

		@IkigaiTaskListener(queue = "leased", id = "leased", lease = "20s")
		void leased(String what) throws InterruptedException {
			if (what.equals("wait")) {
				release.await();
			}
		}

		@IkigaiTaskListener(queue = "claimed", id = "claimed", claim = ClaimMode.TRANSACTION)
		void claimed(String what) {
		}

	}

}
