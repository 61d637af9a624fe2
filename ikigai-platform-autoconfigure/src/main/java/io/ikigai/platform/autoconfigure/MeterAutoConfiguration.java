package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.cache.CacheStatus;
import io.ikigai.platform.micrometer.QueueMeters;
import io.ikigai.platform.micrometer.ServiceMeters;
import io.ikigai.platform.micrometer.WorkMeters;
import io.ikigai.platform.pubsub.PubSubStatus;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.telemetry.TelemetryStatus;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Micrometer's meters of the platform.
 */
@AutoConfiguration(before = { TaskQueueAutoConfiguration.class, MailboxAutoConfiguration.class })
@ConditionalOnClass(MeterRegistry.class)
public final class MeterAutoConfiguration {

	MeterAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	WorkMeters ikigaiWorkMeters() {
		return new WorkMeters();
	}

	@Bean
	@ConditionalOnMissingBean
	QueueMeters ikigaiQueueMeters(TaskInspection tasks) {
		return new QueueMeters(tasks);
	}

	@Bean
	@ConditionalOnMissingBean
	ServiceMeters ikigaiServiceMeters(ObjectProvider<CacheStatus> cache, ObjectProvider<PubSubStatus> topics,
			ObjectProvider<TelemetryStatus> telemetry) {
		return new ServiceMeters(cache.getIfUnique(), topics.getIfUnique(), telemetry.getIfUnique());
	}

}
