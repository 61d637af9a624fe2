package io.ikigai.platform.postgres;

import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;

/**
 * Documents on the PostgreSQL of the tests.
 */
class PostgresStorageIntegrationTests extends StorageKit {

	@Override
	PostgresDatabase database() {
		return PostgresServer.shared().freshDatabase();
	}

}
