package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.postgres.PostgresBackend;
import io.ikigai.platform.runtime.ListenerTelemetry;
import io.ikigai.platform.runtime.MessageTelemetry;
import io.ikigai.platform.runtime.PayloadJson;
import io.ikigai.platform.runtime.RuntimeTelemetry;
import io.ikigai.platform.runtime.TaskTelemetry;
import io.ikigai.platform.telemetry.Telemetry;
import io.ikigai.platform.telemetry.TelemetryStore;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Telemetry, and what the platform emits by itself.
 */
@AutoConfiguration(after = PostgresAutoConfiguration.class)
@EnableConfigurationProperties({ ServicesProperties.class, TelemetryProperties.class, AgentProperties.class })
public final class TelemetryAutoConfiguration {

	TelemetryAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	TelemetryStore ikigaiTelemetryStore(PostgresBackend backend, ServicesProperties services) {
		BackendDriver.requirePostgres("telemetry", services.telemetry());
		return backend.telemetryStore();
	}

	@Bean(initMethod = "start")
	@ConditionalOnMissingBean(Telemetry.class)
	RuntimeTelemetry ikigaiTelemetry(TelemetryStore store, PayloadJson json, TelemetryProperties properties,
			AgentProperties agent, Environment environment) {
		return new RuntimeTelemetry(store, json, AgentIdentity.name(agent, environment), properties.bufferSize(),
				properties.bufferMemory().toBytes());
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty(name = "ikigai.telemetry.tasks", matchIfMissing = true)
	TaskTelemetry ikigaiTaskTelemetry(Telemetry telemetry) {
		return new TaskTelemetry(telemetry);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty(name = "ikigai.telemetry.tasks", matchIfMissing = true)
	MessageTelemetry ikigaiMessageTelemetry(Telemetry telemetry) {
		return new MessageTelemetry(telemetry);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBooleanProperty(name = "ikigai.telemetry.tasks", matchIfMissing = true)
	ListenerTelemetry ikigaiListenerTelemetry(Telemetry telemetry) {
		return new ListenerTelemetry(telemetry);
	}

}
