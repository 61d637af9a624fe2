package io.ikigai.platform.autoconfigure;

import java.util.List;

import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.mailbox.MessageObserver;
import io.ikigai.platform.observation.Observations;
import io.ikigai.platform.postgres.PostgresBackend;
import io.ikigai.platform.runtime.MailboxLeaseKeeper;
import io.ikigai.platform.runtime.MailboxServices;
import io.ikigai.platform.runtime.Mailboxes;
import io.ikigai.platform.runtime.PayloadJson;
import io.ikigai.platform.runtime.PlatformTransactions;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Mailboxes.
 */
@AutoConfiguration(after = TaskQueueAutoConfiguration.class)
@EnableConfigurationProperties({ ServicesProperties.class, MailboxesProperties.class, AgentProperties.class })
public final class MailboxAutoConfiguration {

	MailboxAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	MailboxStore ikigaiMailboxStore(PostgresBackend backend, ServicesProperties services) {
		BackendDriver.requirePostgres("mailboxes", services.mailboxes());
		return backend.mailboxStore();
	}

	@Bean
	@ConditionalOnMissingBean
	MailboxLeaseKeeper ikigaiMailboxLeaseKeeper(MailboxStore store, MailboxesProperties properties) {
		return new MailboxLeaseKeeper(store, properties.lease());
	}

	@Bean
	@ConditionalOnMissingBean
	Mailboxes ikigaiMailboxes(MailboxStore store, PayloadJson json, PlatformTransactions transactions,
			MailboxLeaseKeeper leases, ObjectProvider<MessageObserver> observers, MailboxesProperties properties,
			AgentProperties agent, Environment environment, ForeignStores foreign, Observations observations) {
		List<MessageObserver> all = observers.orderedStream().toList();
		MessageObserver observer = (message, listener, error, givenUp) -> all
			.forEach((each) -> each.failed(message, listener, error, givenUp));
		return new Mailboxes(new MailboxServices(AgentIdentity.name(agent, environment),
				foreign.withinTransactions(store), json, transactions, leases, observer, observations,
				properties.lease(), properties.retry().maxAttempts(), properties.pollInterval()));
	}

}
