package io.ikigai.platform.postgres;

import io.ikigai.platform.Platform;
import io.ikigai.platform.storage.VectorContractTests;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The compatibility kit of vectors on PostgreSQL, with pgvector and without.
 */
@ParameterizedClass
@EnumSource(PostgresKind.class)
class PostgresVectorIntegrationTests {

	private static PostgresKind.Opened server;

	private static PostgresApplication application;

	@Parameter
	PostgresKind kind;

	@BeforeParameterizedClassInvocation
	static void start(PostgresKind kind) throws Exception {
		server = kind.open();
		application = PostgresApplication.start(server.database(), Vectors.SIZE);
	}

	@AfterParameterizedClassInvocation
	static void stop() throws Exception {
		application.close();
		server.close();
	}

	@Nested
	class Vectors extends VectorContractTests {

		private static final String SIZE = "ikigai.storage.collections." + DECLARED + ".vector-size=3";

		@Override
		protected Platform platform() {
			return application.platform();
		}

	}

}
