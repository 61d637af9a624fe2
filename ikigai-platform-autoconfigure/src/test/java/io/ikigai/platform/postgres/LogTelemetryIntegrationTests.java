package io.ikigai.platform.postgres;

import java.util.List;

import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application's log as telemetry.
 */
class LogTelemetryIntegrationTests {

	private static final Logger logger = LoggerFactory.getLogger(LogTelemetryIntegrationTests.class);

	private static List<String> found(PostgresApplication application) {
		application.platform().telemetry().flush();
		return application.platform()
			.telemetry()
			.query(TelemetryQuery.all().withType("log").withText(LogTelemetryIntegrationTests.class.getName()))
			.stream()
			.map(TelemetryEvent::json)
			.toList();
	}

	@Test
	void tellsWhatIsLoggedFromALevelOn() {
		try (PostgresApplication application = PostgresApplication.start(PostgresServer.shared().freshDatabase(),
				"ikigai.telemetry.log-level=warn")) {
			logger.info("not this");
			logger.warn("this {}", 1);
			logger.error("half \uD83D and \u0000", new IllegalStateException("reason"));
			assertThat(found(application)).hasSize(2);
			assertThat(found(application).get(0)).contains("\"half ? and ?\"")
				.contains("java.lang.IllegalStateException: reason")
				.contains("\"ERROR\"");
			assertThat(found(application).get(1)).contains("\"this 1\"").contains("\"WARN\"");
		}
		logger.warn("after the end");
	}

	@Test
	void tellsNothingUnlessAsked() {
		try (PostgresApplication application = PostgresApplication.start(PostgresServer.shared().freshDatabase())) {
			logger.error("nobody asked");
			assertThat(found(application)).isEmpty();
		}
	}

}
