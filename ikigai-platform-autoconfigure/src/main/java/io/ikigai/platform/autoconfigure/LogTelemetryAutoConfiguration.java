package io.ikigai.platform.autoconfigure;

import ch.qos.logback.classic.LoggerContext;
import io.ikigai.platform.logback.TelemetryAppender;
import io.ikigai.platform.telemetry.Telemetry;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/**
 * The application's log as telemetry, if a level is set and the log is Logback's.
 */
@AutoConfiguration(after = TelemetryAutoConfiguration.class)
@ConditionalOnClass(name = "ch.qos.logback.classic.LoggerContext")
@ConditionalOnProperty("ikigai.telemetry.log-level")
public final class LogTelemetryAutoConfiguration {

	LogTelemetryAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	TelemetryAppender ikigaiTelemetryAppender(Telemetry telemetry, TelemetryProperties properties) {
		if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext loggers)) {
			throw new PlatformConfigurationException(
					"ikigai.telemetry.log-level is set, and the log is not Logback's but "
							+ LoggerFactory.getILoggerFactory().getClass().getName() + "'s.",
					"Remove ikigai.telemetry.log-level, or log with Logback.", null);
		}
		return new TelemetryAppender(telemetry, loggers, properties.logLevel().name());
	}

}
