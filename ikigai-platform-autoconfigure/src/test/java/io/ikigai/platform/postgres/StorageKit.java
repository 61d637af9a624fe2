package io.ikigai.platform.postgres;

import io.ikigai.platform.Platform;
import io.ikigai.platform.storage.DocumentPagingContractTests;
import io.ikigai.platform.storage.DocumentQueryContractTests;
import io.ikigai.platform.storage.DocumentSearchContractTests;
import io.ikigai.platform.storage.DocumentStorageContractTests;
import io.ikigai.platform.testservers.PostgresDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * The compatibility kit of the storage on one PostgreSQL server: a subclass names it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class StorageKit {

	private PostgresApplication application;

	private PostgresApplication other;

	/**
	 * Returns an empty database of the server.
	 */
	abstract PostgresDatabase database() throws Exception;

	@BeforeAll
	void startApplications() throws Exception {
		PostgresDatabase database = database();
		this.application = PostgresApplication.start(database);
		this.other = PostgresApplication.start(database);
	}

	@AfterAll
	void stopApplications() {
		this.other.close();
		this.application.close();
	}

	@Nested
	class Storing extends DocumentStorageContractTests {

		@Override
		protected Platform platform() {
			return StorageKit.this.application.platform();
		}

		@Override
		protected Platform other() {
			return StorageKit.this.other.platform();
		}

	}

	@Nested
	class Finding extends DocumentQueryContractTests {

		@Override
		protected Platform platform() {
			return StorageKit.this.application.platform();
		}

		@Override
		protected Platform other() {
			return StorageKit.this.other.platform();
		}

	}

	@Nested
	class Paging extends DocumentPagingContractTests {

		@Override
		protected Platform platform() {
			return StorageKit.this.application.platform();
		}

		@Override
		protected Platform other() {
			return StorageKit.this.other.platform();
		}

	}

	@Nested
	class Searching extends DocumentSearchContractTests {

		@Override
		protected Platform platform() {
			return StorageKit.this.application.platform();
		}

		@Override
		protected Platform other() {
			return StorageKit.this.other.platform();
		}

	}

}
