package io.ikigai.platform.redis;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

import java.util.UUID;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskAdministrationContractTests;
import io.ikigai.platform.queue.TaskClaimContractTests;
import io.ikigai.platform.queue.TaskInputContractTests;
import io.ikigai.platform.queue.TaskQueueContractTests;
import io.ikigai.platform.queue.TaskTransactionContractTests;
import io.ikigai.platform.queue.UnreadableTaskContractTests;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The compatibility kit of task queues on Redis and on a Redis Cluster.
 */
@ParameterizedClass
@EnumSource(RedisKind.class)
class RedisTaskQueueIntegrationTests {

	private static RedisApplication application;

	private static LettuceConnectionFactory connections;

	@Parameter
	RedisKind kind;

	@BeforeParameterizedClassInvocation
	static void start(RedisKind kind) {
		connections = kind.connections();
		application = RedisApplication.start(PostgresServer.shared().freshDatabase(), kind.url(),
				"ikigai.services.queues=redis");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		connections.destroy();
		application.close();
	}

	@Nested
	class Queues extends TaskQueueContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

	}

	@Nested
	class Administration extends TaskAdministrationContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

	}

	@Nested
	class Claims extends TaskClaimContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

	}

	@Nested
	class Transactions extends TaskTransactionContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected boolean inTheDatabaseOfTheTransaction() {
			return false;
		}

	}

	@Nested
	class Input extends TaskInputContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

	}

	@Nested
	class Unreadable extends UnreadableTaskContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected void write(String queue, String headers) {
			UUID id = platform().queue(queue).enqueue("unreadable");
			new StringRedisTemplate(connections).opsForHash()
				.put(QueueScripts.prefix(queue) + "t:" + id, "headers", headers);
		}

	}

}
