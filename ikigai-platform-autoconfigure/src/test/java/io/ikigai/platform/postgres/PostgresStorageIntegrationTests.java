package io.ikigai.platform.postgres;

import io.ikigai.platform.Platform;
import io.ikigai.platform.storage.DocumentPagingContractTests;
import io.ikigai.platform.storage.DocumentQueryContractTests;
import io.ikigai.platform.storage.DocumentSearchContractTests;
import io.ikigai.platform.storage.DocumentStorageContractTests;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/**
 * The compatibility kit of the storage on PostgreSQL.
 */
class PostgresStorageIntegrationTests {

	private static PostgresApplication application;

	private static PostgresApplication other;

	@BeforeAll
	static void start() {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		application = PostgresApplication.start(database);
		other = PostgresApplication.start(database);
	}

	@AfterAll
	static void stop() {
		other.close();
		application.close();
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
