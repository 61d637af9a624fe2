package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.listener.MailboxListenerContainerFactory;
import io.ikigai.platform.listener.MailboxListenerPostProcessor;
import io.ikigai.platform.listener.MailboxListenerSettings;
import io.ikigai.platform.runtime.Mailboxes;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.core.env.Environment;
import org.springframework.validation.Validator;

/**
 * Listeners of mailboxes.
 */
@AutoConfiguration(after = { MailboxAutoConfiguration.class, TaskListenerAutoConfiguration.class })
@EnableConfigurationProperties({ MailboxesProperties.class, LifecycleProperties.class })
public final class MailboxListenerAutoConfiguration {

	MailboxListenerAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	static MailboxListenerPostProcessor ikigaiMailboxListenerPostProcessor() {
		return new MailboxListenerPostProcessor();
	}

	@Bean(MailboxListenerContainerFactory.DEFAULT_BEAN_NAME)
	@ConditionalOnMissingBean(name = MailboxListenerContainerFactory.DEFAULT_BEAN_NAME)
	MailboxListenerContainerFactory ikigaiMailboxListenerContainerFactory(Mailboxes mailboxes,
			PlatformDatabase database, MailboxesProperties properties, LifecycleProperties lifecycle,
			ObjectProvider<Validator> validator, Environment environment) {
		MailboxListenerSettings settings = new MailboxListenerSettings(properties.retry().policy(),
				TaskListenerAutoConfiguration.containers(properties.pollInterval(), lifecycle, environment));
		return new MailboxListenerContainerFactory(mailboxes::mailbox, database.transactionManager(), settings,
				validator.getIfUnique());
	}

}
