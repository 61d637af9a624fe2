package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.observation.Observations;
import io.ikigai.platform.postgres.PostgresBackend;
import io.ikigai.platform.pubsub.PubSub;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.runtime.PayloadJson;
import io.ikigai.platform.runtime.Topics;
import io.ikigai.platform.telemetry.Telemetry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Publish and subscribe.
 */
@AutoConfiguration(after = { TaskQueueAutoConfiguration.class, TelemetryAutoConfiguration.class })
@EnableConfigurationProperties({ ServicesProperties.class, PubSubProperties.class })
public final class PubSubAutoConfiguration {

	PubSubAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	TopicStore ikigaiTopicStore(PostgresBackend backend, ServicesProperties services) {
		BackendDriver.requirePostgres("pubsub", services.pubsub());
		return backend.topicStore();
	}

	@Bean
	@ConditionalOnMissingBean(PubSub.class)
	Topics ikigaiPubSub(TopicStore store, PayloadJson json, Telemetry telemetry, PubSubProperties properties,
			ForeignStores foreign, Observations observations) {
		return new Topics(foreign.withinTransactions(store), json, telemetry, observations, properties.bufferSize(),
				properties.bufferMemory().toBytes());
	}

}
