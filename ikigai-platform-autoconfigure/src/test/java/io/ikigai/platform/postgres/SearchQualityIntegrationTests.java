package io.ikigai.platform.postgres;

import java.io.IOException;
import java.nio.file.Path;

import io.ikigai.platform.Platform;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The quality of the search on the test server, with pgvector where it has it, and on the
 * embedded server, which has none.
 */
class SearchQualityIntegrationTests {

	@Nested
	@TestInstance(TestInstance.Lifecycle.PER_CLASS)
	class OnTheTestServer extends SearchQuality {

		private PostgresApplication application;

		@BeforeAll
		void start() throws IOException {
			this.application = PostgresApplication.start(WithModel.class, PostgresServer.shared().freshDatabase(),
					SIZE);
			fill(this.application);
		}

		@AfterAll
		void stop() {
			this.application.close();
		}

		@Override
		Platform platform() {
			return this.application.platform();
		}

	}

	@Nested
	@TestInstance(TestInstance.Lifecycle.PER_CLASS)
	class WithoutPgvector extends SearchQuality {

		private PostgresApplication application;

		@BeforeAll
		void start(@TempDir Path directory) throws IOException {
			this.application = WithoutPgvectorIntegrationTests.startEmbedded(directory, WithModel.class, SIZE);
			fill(this.application);
		}

		@AfterAll
		void stop() {
			this.application.close();
		}

		@Override
		Platform platform() {
			return this.application.platform();
		}

	}

}
