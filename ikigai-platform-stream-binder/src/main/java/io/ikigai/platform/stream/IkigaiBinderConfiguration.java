package io.ikigai.platform.stream;

import io.ikigai.platform.Platform;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.cloud.stream.binder.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The context of the binder. The platform is the application's: that of the parent
 * context or, where the binder has an environment of its own, of the outer one.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(Binder.class)
@EnableConfigurationProperties(IkigaiExtendedBindingProperties.class)
class IkigaiBinderConfiguration {

	/** The name under which Spring Cloud Stream hands the application's context in. */
	private static final String OUTER_CONTEXT = "outerContext";

	@Bean
	IkigaiMessageChannelBinder ikigaiMessageChannelBinder(ApplicationContext context,
			IkigaiExtendedBindingProperties properties) {
		return IkigaiMessageChannelBinder.of(application(context), properties);
	}

	private static ApplicationContext application(ApplicationContext context) {
		return context.containsBean(OUTER_CONTEXT) ? context.getBean(OUTER_CONTEXT, ApplicationContext.class) : context;
	}

	/**
	 * The health of the binder, for applications with Spring Boot's health.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HealthIndicator.class)
	@ConditionalOnEnabledHealthIndicator("binders")
	static class HealthConfiguration {

		@Bean
		HealthIndicator ikigaiBinderHealthIndicator(ApplicationContext context) {
			return new BinderHealthIndicator(application(context).getBean(Platform.class));
		}

	}

}
