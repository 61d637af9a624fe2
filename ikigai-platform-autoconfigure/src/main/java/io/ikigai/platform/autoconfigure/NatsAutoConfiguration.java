package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.nats.NatsBackend;
import io.ikigai.platform.nats.NatsSettings;
import io.ikigai.platform.nats.NatsUnusableException;
import io.ikigai.platform.pubsub.TopicStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * NATS, for the services that are configured to run on it.
 */
@AutoConfiguration(after = PostgresAutoConfiguration.class,
		before = { TaskQueueAutoConfiguration.class, MailboxAutoConfiguration.class, PubSubAutoConfiguration.class })
@ConditionalOnClass(name = "io.nats.client.Connection")
@ConditionalOnBackend("nats")
@EnableConfigurationProperties({ ServicesProperties.class, NatsProperties.class })
public final class NatsAutoConfiguration {

	NatsAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	NatsConnectionDetails ikigaiNatsConnectionDetails(NatsProperties properties) {
		String url = properties.checkedUrl();
		return () -> url;
	}

	// Asks for all properties, so that a wrong value stops the start before a stream is
	// made
	@Bean
	@ConditionalOnMissingBean
	NatsBackend ikigaiNatsBackend(NatsConnectionDetails details, NatsProperties properties, PlatformProperties platform,
			Environment environment, ObjectProvider<SslBundles> bundles) {
		SslBundle own = details.sslBundle();
		NatsSettings settings = new NatsSettings(details.url(), details.username(), details.password(), details.token(),
				(own != null) ? own : TlsBundle.of("ikigai.nats.ssl.bundle", properties.ssl().bundle(), bundles),
				properties.prefix(), properties.replicas(), AgentIdentity.name(platform.agent(), environment),
				platform.mailboxes().retention(), platform.services().on("nats"));
		try {
			return new NatsBackend(settings);
		}
		catch (NatsUnusableException ex) {
			throw new PlatformConfigurationException(
					"The services " + settings.services() + " are to run on NATS (ikigai.nats.url). " + ex.getMessage()
							+ ".",
					"Start the server or correct ikigai.nats.url; mailboxes need JetStream, and at least as many "
							+ "servers as ikigai.nats.replicas says.",
					ex);
		}
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBackend(value = "nats", services = "mailboxes")
	MailboxStore ikigaiMailboxStore(NatsBackend backend) {
		return backend.mailboxStore();
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBackend(value = "nats", services = "pubsub")
	TopicStore ikigaiTopicStore(NatsBackend backend) {
		return backend.topicStore();
	}

}
