package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.Guarantees;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * What holds within transactions.
 */
@AutoConfiguration
@EnableConfigurationProperties(ServicesProperties.class)
public final class TransactionGuaranteesAutoConfiguration {

	TransactionGuaranteesAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	Guarantees ikigaiGuarantees(ServicesProperties services) {
		return TransactionGuarantees.of(services);
	}

}
