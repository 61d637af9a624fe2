package io.ikigai.platform.rabbitmq;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskAdministrationContractTests;
import io.ikigai.platform.queue.TaskClaimContractTests;
import io.ikigai.platform.queue.TaskInputContractTests;
import io.ikigai.platform.queue.TaskQueueContractTests;
import io.ikigai.platform.queue.TaskTransactionContractTests;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RabbitmqCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/**
 * The compatibility kit of task queues on quorum queues of a RabbitMQ cluster, the tasks
 * tracked.
 */
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

}
