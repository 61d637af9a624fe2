package io.ikigai.platform.postgres;

import java.util.concurrent.CompletableFuture;

import io.ikigai.platform.telemetry.Telemetry;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.telemetry.TelemetryStatus;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.Shutdown;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Telemetry while its database is away.
 */
@ExtendWith(OutputCaptureExtension.class)
class TelemetryOutageIntegrationTests {

	@Test
	void blocksNobodyAndTellsWhatItDropped(CapturedOutput output) throws Exception {
		try (PostgresServer server = PostgresServer.dedicated()) {
			PostgresDatabase database = server.freshDatabase();
			try (PostgresApplication application = PostgresApplication.start(database,
					"ikigai.telemetry.buffer-size=500", "spring.datasource.hikari.connection-timeout=1000")) {
				Telemetry telemetry = application.platform().telemetry();
				TelemetryStatus status = application.bean(TelemetryStatus.class);
				telemetry.emit("outage", -1);
				telemetry.flush();
				server.stop(Shutdown.FAST);
				for (int i = 0; i < 1200; i++) {
					telemetry.emit("outage", i);
				}
				// Had an event waited for room, it would have been written later.
				assertThat(status.dropped()).isEqualTo(700);
				assertThat(status.buffered()).isEqualTo(500);
				assertThatIllegalStateException().isThrownBy(telemetry::flush).withMessageContaining("500 events");
				server.start();
				await().until(() -> status.written() >= 502);
				assertThat(telemetry.query(TelemetryQuery.all().withType("outage").withLimit(1000))).hasSize(501)
					.first()
					.satisfies((newest) -> assertThat(newest.json()).isEqualTo("499"));
				assertThat(telemetry.query(TelemetryQuery.all().withType("telemetry_dropped"))).singleElement()
					.satisfies((event) -> assertThat(event.json()).contains("\"dropped\": 700"));
				assertThat(output).containsOnlyOnce("Telemetry cannot be written")
					.containsOnlyOnce("Telemetry is written again")
					.contains("telemetry events since the last such message");
			}
		}
	}

	@Test
	void stopsThoughTheDatabaseIsAway(CapturedOutput output) throws Exception {
		try (PostgresServer server = PostgresServer.dedicated()) {
			PostgresApplication application = PostgresApplication.start(server.freshDatabase(),
					"spring.datasource.hikari.connection-timeout=1000");
			server.stop(Shutdown.FAST);
			application.platform().telemetry().emit("lost", 1);
			TelemetryStatus status = application.bean(TelemetryStatus.class);
			Waits.value("the end of the application", CompletableFuture.runAsync(application::close));
			assertThat(status.dropped()).isEqualTo(1);
			assertThat(output).contains("Dropped 1 telemetry events");
		}
	}

}
