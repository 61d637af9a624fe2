package io.ikigai.platform.autoconfigure;

import java.util.Map;

import io.ikigai.platform.Platform;
import io.ikigai.platform.agent.AgentRegistry;
import io.ikigai.platform.pubsub.PubSub;
import io.ikigai.platform.runtime.Caches;
import io.ikigai.platform.runtime.Mailboxes;
import io.ikigai.platform.runtime.PlatformTransactions;
import io.ikigai.platform.runtime.RuntimePlatform;
import io.ikigai.platform.runtime.TaskQueues;
import io.ikigai.platform.storage.Storage;
import io.ikigai.platform.telemetry.Telemetry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * The platform itself.
 */
@AutoConfiguration(after = { TaskQueueAutoConfiguration.class, MailboxAutoConfiguration.class,
		CacheAutoConfiguration.class, StorageAutoConfiguration.class, AgentRegistryAutoConfiguration.class,
		TelemetryAutoConfiguration.class, PubSubAutoConfiguration.class, TransactionGuaranteesAutoConfiguration.class })
public final class PlatformAutoConfiguration {

	PlatformAutoConfiguration() {
	}

	@Bean
	static LazyInitializationExcludeFilter ikigaiEagerBeans() {
		return new EagerPlatformBeans();
	}

	// The context closes what the platform works with; its own close() is for who
	// connected without an application.
	@Bean(destroyMethod = "")
	@ConditionalOnMissingBean
	Platform ikigaiPlatform(TaskQueues queues, Mailboxes mailboxes, Caches caches, AgentRegistry agents,
			Storage storage, Telemetry telemetry, PubSub pubsub, PlatformTransactions transactions,
			ServicesProperties services, ObjectProvider<SpringPlatformConnector.Connection> connection) {
		SpringPlatformConnector.Connection connected = connection.getIfAvailable();
		return new RuntimePlatform(queues, mailboxes, caches, agents, storage, telemetry, pubsub, transactions,
				Map.of("queues", services.backendOf("queues"), "mailboxes", services.backendOf("mailboxes")), () -> {
					if (connected != null) {
						connected.close();
					}
				});
	}

}
