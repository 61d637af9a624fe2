package io.ikigai.platform.postgres;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;

import io.ikigai.platform.Platform;
import io.ikigai.platform.storage.VectorContractTests;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * The compatibility kit of vectors on the embedded server, which has no pgvector.
 */
class WithoutPgvectorIntegrationTests extends VectorContractTests {

	@TempDir
	private static Path directory;

	private static PostgresApplication application;

	@BeforeAll
	static void start() throws IOException {
		application = startEmbedded(directory, PostgresApplication.WithoutFlyway.class,
				PostgresVectorIntegrationTests.SIZE);
	}

	/**
	 * Starts an application on an embedded server of its own.
	 */
	static PostgresApplication startEmbedded(Path directory, Class<?> source, String property) throws IOException {
		try (ServerSocket free = new ServerSocket(0)) {
			return new PostgresApplication(new SpringApplicationBuilder(source).web(WebApplicationType.NONE)
				.run("--ikigai.postgres.embedded.directory=" + directory,
						"--ikigai.postgres.embedded.port=" + free.getLocalPort(), "--spring.main.banner-mode=off",
						"--" + property));
		}
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
