package io.ikigai.platform.postgres;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskAdministrationContractTests;
import io.ikigai.platform.queue.TaskClaimContractTests;
import io.ikigai.platform.queue.TaskInputContractTests;
import io.ikigai.platform.queue.TaskQueueContractTests;
import io.ikigai.platform.queue.TaskTransactionContractTests;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/**
 * The compatibility kit of task queues on PostgreSQL.
 */
class PostgresTaskQueueIntegrationTests {

	private static PostgresApplication application;

	@BeforeAll
	static void start() {
		application = PostgresApplication.start(PostgresServer.shared().freshDatabase());
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

	}

	@Nested
	class Input extends TaskInputContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

	}

}
