package io.ikigai.platform.rabbitmq;

import java.util.Map;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskAdministrationContractTests;
import io.ikigai.platform.queue.TaskClaimContractTests;
import io.ikigai.platform.queue.TaskInputContractTests;
import io.ikigai.platform.queue.TaskQueueContractTests;
import io.ikigai.platform.queue.TaskTransactionContractTests;
import io.ikigai.platform.queue.UnreadableTaskContractTests;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RabbitmqServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/**
 * The compatibility kit of task queues on RabbitMQ, with classic queues, the tasks
 * tracked.
 */
class RabbitmqTaskQueueIntegrationTests {

	private static RabbitmqApplication application;

	@BeforeAll
	static void start() {
		application = RabbitmqApplication.start(PostgresServer.shared().freshDatabase(), RabbitmqServer.shared(),
				"ikigai.rabbitmq.tracking=true");
	}

	@AfterAll
	static void stop() {
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
		protected boolean showsTasks() {
			return false;
		}

		// The queue of the broker is there once a consumer has claimed from it
		@BeforeEach
		void declare() {
			queue().claim();
		}

		// What is tracked is counted in PostgreSQL; these are not
		@Override
		protected long failed(String queue) throws Exception {
			try (Connection connection = connect(); Channel channel = connection.createChannel()) {
				return channel.messageCount(QueueNames.of(queue).failed());
			}
		}

		@Override
		protected void write(String queue, String headers) throws Exception {
			try (Connection connection = connect(); Channel channel = connection.createChannel()) {
				channel.basicPublish("", QueueNames.of(queue).ready(),
						new BasicProperties.Builder().headers(Map.of("ikigai-headers", headers)).build(),
						"\"unreadable\"".getBytes());
			}
		}

		private static Connection connect() throws Exception {
			ConnectionFactory driver = new ConnectionFactory();
			driver.setUri(RabbitmqServer.shared().url());
			return driver.newConnection();
		}

	}

}
