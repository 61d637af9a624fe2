package io.ikigai.platform.postgres;

import io.ikigai.platform.Platform;
import io.ikigai.platform.storage.DocumentPagingContractTests;
import io.ikigai.platform.storage.DocumentQueryContractTests;
import io.ikigai.platform.storage.DocumentSearchContractTests;
import io.ikigai.platform.storage.DocumentStorageContractTests;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The compatibility kit of documents on PostgreSQL.
 */
@ParameterizedClass
@EnumSource(PostgresKind.class)
class PostgresStorageIntegrationTests {

	private static PostgresKind.Opened server;

	private static PostgresApplication application;

	private static PostgresApplication other;

	@Parameter
	PostgresKind kind;

	@BeforeParameterizedClassInvocation
	static void start(PostgresKind kind) throws Exception {
		server = kind.open();
		application = PostgresApplication.start(server.database());
		other = PostgresApplication.start(server.database());
	}

	@AfterParameterizedClassInvocation
	static void stop() throws Exception {
		other.close();
		application.close();
		server.close();
	}

	@Nested
	class Storing extends DocumentStorageContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected Platform other() {
			return other.platform();
		}

	}

	@Nested
	class Finding extends DocumentQueryContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected Platform other() {
			return other.platform();
		}

	}

	@Nested
	class Paging extends DocumentPagingContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected Platform other() {
			return other.platform();
		}

	}

	@Nested
	class Searching extends DocumentSearchContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected Platform other() {
			return other.platform();
		}

	}

}
