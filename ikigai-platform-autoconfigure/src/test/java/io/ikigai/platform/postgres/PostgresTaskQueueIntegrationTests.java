package io.ikigai.platform.postgres;

import org.springframework.jdbc.core.JdbcTemplate;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskAdministrationContractTests;
import io.ikigai.platform.queue.TaskClaimContractTests;
import io.ikigai.platform.queue.TaskInputContractTests;
import io.ikigai.platform.queue.TaskQueueContractTests;
import io.ikigai.platform.queue.TaskTransactionContractTests;
import io.ikigai.platform.queue.UnreadableTaskContractTests;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The compatibility kit of task queues on PostgreSQL.
 */
@ParameterizedClass
@EnumSource(PostgresKind.class)
class PostgresTaskQueueIntegrationTests {

	private static PostgresKind.Opened server;

	@Parameter
	PostgresKind kind;

	private static PostgresApplication application;

	@BeforeParameterizedClassInvocation
	static void start(PostgresKind kind) throws Exception {
		server = kind.open();
		application = PostgresApplication.start(server.database());
	}

	@AfterParameterizedClassInvocation
	static void stop() throws Exception {
		application.close();
		server.close();
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

	@Nested
	class Unreadable extends UnreadableTaskContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected void write(String queue, String headers) {
			application.bean(JdbcTemplate.class)
				.update("INSERT INTO task_queue (queue_name, payload, headers) VALUES (?, '\"unreadable\"', ?::jsonb)",
						queue, headers);
		}

	}

}
