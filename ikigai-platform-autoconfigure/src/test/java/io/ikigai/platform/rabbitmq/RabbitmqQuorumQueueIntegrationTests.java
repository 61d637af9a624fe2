package io.ikigai.platform.rabbitmq;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskAdministrationContractTests;
import io.ikigai.platform.queue.TaskClaimContractTests;
import io.ikigai.platform.queue.TaskInputContractTests;
import io.ikigai.platform.queue.TaskQueueContractTests;
import io.ikigai.platform.queue.TaskTransactionContractTests;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RabbitmqCluster;
import io.ikigai.platform.testservers.Shutdown;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestClassOrder;

/**
 * The compatibility kit of task queues on quorum queues of a RabbitMQ cluster, the tasks
 * tracked, and what becomes of tasks when its servers are killed in turn.
 */
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
class RabbitmqQuorumQueueIntegrationTests {

	private static RabbitmqCluster rabbitmq;

	private static RabbitmqApplication application;

	@BeforeAll
	static void start() {
		rabbitmq = new RabbitmqCluster();
		application = RabbitmqApplication.start(RabbitmqApplication.Application.class,
				PostgresServer.shared().freshDatabase(), "ikigai.rabbitmq.url=" + rabbitmq.url(),
				"ikigai.rabbitmq.tracking=true", "ikigai.rabbitmq.queue-type=quorum");
	}

	@AfterAll
	static void stop() {
		application.close();
		rabbitmq.close();
	}

	@Nested
	class Queues extends TaskQueueContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected boolean hasTenPriorities() {
			return false;
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
	@Order(Integer.MAX_VALUE)
	class Outage {

		@Test
		void losesNothingWhenServersAreKilledInTurn() {
			PostgresDatabase database = PostgresServer.shared().freshDatabase();
			try (RabbitmqApplication sender = start(database); RabbitmqApplication worker = start(database)) {
				RabbitmqLoad load = new RabbitmqLoad(sender, worker);
				for (int node = 1; node <= 3; node++) {
					load.awaitHandled(50);
					rabbitmq.stop(node, Shutdown.IMMEDIATE);
					load.awaitHandled(50);
					rabbitmq.start(node);
				}
				load.finish();
			}
		}

		private RabbitmqApplication start(PostgresDatabase database) {
			return RabbitmqApplication.start(RabbitmqApplication.Application.class, database,
					"ikigai.rabbitmq.url=" + rabbitmq.url(), "ikigai.rabbitmq.queue-type=quorum",
					"ikigai.queues.max-worker-deaths=1000");
		}

	}

}
