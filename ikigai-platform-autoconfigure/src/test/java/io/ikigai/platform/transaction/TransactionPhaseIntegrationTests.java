package io.ikigai.platform.transaction;

import java.util.UUID;
import java.util.stream.Stream;

import io.ikigai.platform.Platform;
import io.ikigai.platform.TransactionPhaseContractTests;
import io.ikigai.platform.TransactionPhaseLoadContractTests;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.NatsServer;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RabbitmqServer;
import io.ikigai.platform.testservers.RedisServer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The phases of transactions on each backend, with pools whose connections are handed out
 * with auto-commit on and off.
 */
@ParameterizedClass
@EnumSource
class TransactionPhaseIntegrationTests {

	private static PhasesApplication application;

	@Parameter
	Services services;

	@BeforeParameterizedClassInvocation
	static void start(Services services) {
		application = PhasesApplication.start(PostgresServer.shared().freshDatabase(), services.properties());
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		application.close();
	}

	@Test
	void undoesWithTheOuterOfTwoTransactions() {
		TaskQueue queue = application.platform().queue("outer-" + UUID.randomUUID());
		queue.enqueue("x");
		Task task = queue.claim(Waits.LIMIT).orElseThrow();
		new TransactionTemplate(application.manager()).executeWithoutResult((outer) -> {
			new TransactionTemplate(application.otherDatabase()).executeWithoutResult((inner) -> {
				task.complete();
				queue.enqueue("undone");
			});
			outer.setRollbackOnly();
		});
		assertThat(queue.find(task.id()).orElseThrow().state()).isEqualTo(TaskState.CLAIMED);
		assertThat(queue.claim()).isEmpty();
		task.complete();
		assertThat(queue.find(task.id()).orElseThrow().state()).isEqualTo(TaskState.COMPLETED);
	}

	@Nested
	class Phases extends TransactionPhaseContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected void during(Phase phase, Runnable before, Runnable work) {
			application.during(phase, before, work);
		}

	}

	@Nested
	class Load extends TransactionPhaseLoadContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected void during(TransactionPhaseContractTests.Phase phase, Runnable work) {
			application.during(phase, () -> {
			}, work);
		}

	}

	/**
	 * Where the services are, and whether the pool hands out connections with
	 * auto-commit.
	 */
	enum Services {

		POSTGRES, POSTGRES_WITHOUT_AUTO_COMMIT, REDIS, REDIS_WITHOUT_AUTO_COMMIT, RABBITMQ_AND_NATS,
		RABBITMQ_AND_NATS_WITHOUT_AUTO_COMMIT;

		String[] properties() {
			return Stream
				.concat(Stream.of("spring.datasource.hikari.auto-commit=" + !name().endsWith("COMMIT")), backends())
				.toArray(String[]::new);
		}

		private Stream<String> backends() {
			return switch (this) {
				case POSTGRES, POSTGRES_WITHOUT_AUTO_COMMIT -> Stream.empty();
				case REDIS,
						REDIS_WITHOUT_AUTO_COMMIT ->
					Stream.of("ikigai.redis.url=" + RedisServer.shared().url(), "ikigai.services.queues=redis",
							"ikigai.services.mailboxes=redis", "ikigai.services.cache=redis",
							"ikigai.services.pubsub=redis");
				case RABBITMQ_AND_NATS, RABBITMQ_AND_NATS_WITHOUT_AUTO_COMMIT ->
					Stream.of("ikigai.rabbitmq.url=" + RabbitmqServer.shared().url(),
							"ikigai.nats.url=" + NatsServer.shared().url(), "ikigai.services.queues=rabbitmq",
							"ikigai.services.mailboxes=nats", "ikigai.services.pubsub=nats",
							"ikigai.rabbitmq.tracking=true");
			};
		}

	}

}
