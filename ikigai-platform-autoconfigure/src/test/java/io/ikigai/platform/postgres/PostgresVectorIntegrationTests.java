package io.ikigai.platform.postgres;

import java.sql.SQLException;

import io.ikigai.platform.Platform;
import io.ikigai.platform.storage.VectorContractTests;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * The compatibility kit of vectors on the test server: with pgvector where the server has
 * it.
 */
class PostgresVectorIntegrationTests extends VectorContractTests {

	static final String SIZE = "ikigai.storage.collections." + DECLARED + ".vector-size=3";

	private static PostgresApplication application;

	@BeforeAll
	static void start() throws SQLException {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		application = PostgresApplication.start(database, SIZE);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Override
	protected Platform platform() {
		return application.platform();
	}

}
