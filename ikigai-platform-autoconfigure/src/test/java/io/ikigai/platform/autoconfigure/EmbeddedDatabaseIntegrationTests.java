package io.ikigai.platform.autoconfigure;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.zaxxer.hikari.HikariDataSource;
import io.ikigai.platform.Platform;
import io.ikigai.platform.embedded.EmbeddedPostgres;
import io.ikigai.platform.queue.Task;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * With no database configured anywhere, the embedded one is started, shared by the
 * applications of this JVM too, and stopped after everything that uses it.
 */
@ExtendWith(OutputCaptureExtension.class)
class EmbeddedDatabaseIntegrationTests {

	@TempDir
	private Path directory;

	private String[] arguments;

	@BeforeEach
	void chooseAPort() throws IOException {
		try (ServerSocket free = new ServerSocket(0)) {
			this.arguments = new String[] { "--ikigai.postgres.embedded.directory=" + this.directory.resolve("a b"),
					"--ikigai.postgres.embedded.port=" + free.getLocalPort() };
		}
	}

	@Test
	void startsSharesAndStopsTheServer(CapturedOutput output) throws SQLException {
		List<String> destroyed = new CopyOnWriteArrayList<>();
		EmbeddedPostgres server;
		ConfigurableApplicationContext first = TestApplication.run(Destruction.class, this.arguments);
		first.getBean(Destruction.class).destroyed = destroyed;
		ConfigurableApplicationContext second = TestApplication.run(this.arguments);
		try {
			server = second.getBean(EmbeddedPostgres.class);
			assertThat(first.getBean(HikariDataSource.class).getJdbcUrl()).startsWith(server.jdbcUrl());
			first.getBean(Platform.class).queue("checks").enqueue("x");
			Task task = second.getBean(Platform.class).queue("checks").claim().orElseThrow();
			task.complete();
			first.close();
			assertThat(second.getBean(Platform.class).queue("checks").stats().completed()).isOne();
		}
		finally {
			first.close();
			second.close();
		}
		assertThatExceptionOfType(SQLException.class).isThrownBy(
				() -> DriverManager.getConnection(server.jdbcUrl(), server.username(), server.password()).close());
		assertThat(destroyed).containsSubsequence("ikigaiLeaseKeeper", "ikigaiPostgresBackend", "dataSource",
				"ikigaiEmbeddedPostgres");
		// Nothing found the server gone.
		assertThat(output).contains("meant for development").doesNotContain("WARN").doesNotContain("ERROR");
		assertThat(this.directory.resolve("a b")).isDirectoryContaining("glob:**/data-*");
		try (ConfigurableApplicationContext again = TestApplication.run(this.arguments)) {
			assertThat(again.getBean(Platform.class).queue("checks").stats().completed()).isOne();
		}
	}

	/**
	 * Notes the order in which beans are destroyed.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Destruction {

		private List<String> destroyed = new CopyOnWriteArrayList<>();

		@Bean
		static DestructionAwareBeanPostProcessor notes(org.springframework.beans.factory.BeanFactory beans) {
			return (bean, name) -> beans.getBean(Destruction.class).destroyed.add(name);
		}

	}

}
