package io.ikigai.platform.postgres;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

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
		return new PostgresApplication(new SpringApplicationBuilder(source).web(WebApplicationType.NONE)
			.run("--ikigai.postgres.embedded.directory=" + directory, "--ikigai.postgres.embedded.port=" + freePort(),
					"--spring.main.banner-mode=off", "--" + property));
	}

	// Below those that the system hands out to who connects.
	private static int freePort() throws IOException {
		IOException last = null;
		for (int attempt = 0; attempt < 20; attempt++) {
			try (ServerSocket free = new ServerSocket(ThreadLocalRandom.current().nextInt(20_000, 32_000))) {
				return free.getLocalPort();
			}
			catch (IOException ex) {
				last = ex;
			}
		}
		throw last;
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
