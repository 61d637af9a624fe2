package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.micrometer.TracedProcessing;
import io.ikigai.platform.observation.Observations;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/**
 * What is observed of sending and processing.
 */
@AutoConfiguration(
		afterName = { "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
				"org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration" },
		before = TaskQueueAutoConfiguration.class)
public final class ObservationAutoConfiguration {

	ObservationAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	Observations ikigaiObservations(ObjectProvider<ObservationRegistry> registry) {
		return new Observations(registry.getIfUnique(() -> ObservationRegistry.NOOP));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(PropagatingReceiverTracingObservationHandler.class)
	static class Tracing {

		/** Before Boot's for all that is received. */
		private static final int ORDER = 500;

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBean({ Tracer.class, Propagator.class })
		@Order(ORDER)
		TracedProcessing ikigaiTracedProcessing(Tracer tracer, Propagator propagator) {
			return new TracedProcessing(tracer, propagator);
		}

	}

}
