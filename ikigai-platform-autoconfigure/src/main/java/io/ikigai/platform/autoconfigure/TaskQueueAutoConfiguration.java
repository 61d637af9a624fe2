package io.ikigai.platform.autoconfigure;

import java.util.List;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.observation.Observations;
import io.ikigai.platform.outbox.OutboxStore;
import io.ikigai.platform.outbox.SettlementStore;
import io.ikigai.platform.postgres.PostgresBackend;
import io.ikigai.platform.queue.ClaimObserver;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.queue.TaskObserver;
import io.ikigai.platform.queue.TaskStore;
import io.ikigai.platform.runtime.LeaseKeeper;
import io.ikigai.platform.runtime.PayloadJson;
import io.ikigai.platform.runtime.PlatformTransactions;
import io.ikigai.platform.runtime.TaskQueueServices;
import io.ikigai.platform.runtime.TaskQueues;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Task queues.
 */
@AutoConfiguration(after = PostgresAutoConfiguration.class)
@EnableConfigurationProperties({ ServicesProperties.class, QueuesProperties.class, PayloadProperties.class })
public final class TaskQueueAutoConfiguration {

	TaskQueueAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	TaskStore ikigaiTaskStore(PostgresBackend backend, ServicesProperties services) {
		BackendDriver.requirePostgres("queues", services.queues());
		return backend.taskStore();
	}

	@Bean
	@ConditionalOnMissingBean
	TaskInspection ikigaiTaskInspection(PostgresBackend backend) {
		return backend.taskInspection();
	}

	@Bean
	@ConditionalOnMissingBean
	PlatformTransactions ikigaiTransactions(PlatformDatabase database) {
		return new PlatformTransactions(database.transactions());
	}

	@Bean
	@ConditionalOnMissingBean
	PayloadJson ikigaiPayloadJson(JsonMapper mapper, PayloadProperties properties) {
		try {
			return new PayloadJson(mapper, properties.maxSize().toBytes());
		}
		catch (IllegalArgumentException ex) {
			throw new PlatformConfigurationException(ex.getMessage() + ".",
					"Take it out of the application's JsonMapper, the one that is @Primary if there are several. Code of "
							+ "the application that needs it gets a mapper of its own, made with "
							+ "jsonMapper.rebuild(); payloads with subtypes name them with @JsonTypeInfo(use = "
							+ "Id.NAME) and @JsonSubTypes.",
					ex);
		}
	}

	@Bean
	@ConditionalOnMissingBean
	OutboxStore ikigaiOutboxStore(PostgresBackend backend) {
		return backend.outboxStore();
	}

	@Bean
	@ConditionalOnMissingBean
	SettlementStore ikigaiSettlementStore(PostgresBackend backend) {
		return backend.settlementStore();
	}

	@Bean
	@ConditionalOnMissingBean
	ForeignStores ikigaiForeignStores(ServicesProperties services, OutboxStore outbox, SettlementStore settlements,
			PlatformTransactions transactions, ObjectProvider<BackendStatus> backends) {
		return new ForeignStores(services, outbox, settlements, transactions, backends.stream().toList());
	}

	@Bean
	@ConditionalOnMissingBean
	LeaseKeeper ikigaiLeaseKeeper(TaskStore store, ObjectProvider<ClaimObserver> observers) {
		return new LeaseKeeper(store, all(observers));
	}

	@Bean
	@ConditionalOnMissingBean
	TaskQueues ikigaiTaskQueues(TaskStore store, TaskInspection inspection, PayloadJson json,
			PlatformTransactions transactions, LeaseKeeper leases, ObjectProvider<TaskObserver> observers,
			ObjectProvider<ClaimObserver> claims, QueuesProperties properties, ForeignStores foreign,
			Observations observations) {
		List<TaskObserver> all = observers.orderedStream().toList();
		TaskObserver observer = (task, listener, outcome, worked) -> all
			.forEach((each) -> each.settled(task, listener, outcome, worked));
		return new TaskQueues(new TaskQueueServices(foreign.withinTransactions(store), inspection, json, transactions,
				leases, observer, all(claims), observations, properties.lease(), properties.pollInterval()));
	}

	private static ClaimObserver all(ObjectProvider<ClaimObserver> observers) {
		List<ClaimObserver> all = observers.orderedStream().toList();
		return new ClaimObserver() {
			@Override
			public void claimed(String queue, int tasks) {
				all.forEach((each) -> each.claimed(queue, tasks));
			}

			@Override
			public void lost(String queue) {
				all.forEach((each) -> each.lost(queue));
			}
		};
	}

}
