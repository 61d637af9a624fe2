package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.micrometer.TelemetryMeterRegistry;
import io.ikigai.platform.telemetry.Telemetry;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Micrometer's meters as telemetry, if that is switched on: one more registry beside
 * those of the application.
 */
@AutoConfiguration(after = TelemetryAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
		beforeName = {
				"org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnBooleanProperty("ikigai.telemetry.metrics.enabled")
public final class MetricTelemetryAutoConfiguration {

	MetricTelemetryAutoConfiguration() {
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	static class OfMicrometer {

		@Bean
		@ConditionalOnMissingBean
		TelemetryMeterRegistry ikigaiTelemetryMeterRegistry(Telemetry telemetry, TelemetryProperties properties,
				ObjectProvider<Clock> clock) {
			return new TelemetryMeterRegistry(telemetry, properties.metrics().step(),
					clock.getIfUnique(() -> Clock.SYSTEM));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("io.micrometer.core.instrument.MeterRegistry")
	static class WithoutMicrometer {

		WithoutMicrometer() {
			throw new PlatformConfigurationException(
					"ikigai.telemetry.metrics.enabled is true, and Micrometer is not on the class path.",
					"Add org.springframework.boot:spring-boot-starter-actuator or "
							+ "org.springframework.boot:spring-boot-starter-micrometer-metrics, or remove the key.",
					null);
		}

	}

}
