package io.ikigai.platform.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

import io.ikigai.platform.Platform;
import io.ikigai.platform.agent.AgentStatus;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * The platform without an application.
 */
class PlatformConnectIntegrationTests {

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "ikigai.conf", "with space.conf", "with,comma;and#more [x] ${y} %20 *.conf", "Ünï.conf",
			"without-extension" })
	void connectsAsAFileSays(String name) throws IOException, SQLException {
		Path conf = conf(name);
		Set<Thread> before = threads();
		try (Platform platform = Platform.connect(conf)) {
			platform.queue("checks").enqueue("x");
			Task task = platform.queue("checks").claim(Waits.LIMIT).orElseThrow();
			task.complete();
			CompletableFuture<String> message = new CompletableFuture<>();
			platform.pubsub().subscribe("topic", String.class, message::complete);
			platform.pubsub().publish("topic", "hello");
			assertThat(message.join()).isEqualTo("hello");
			assertThat(platform.agents().self().name()).isEqualTo("script");
			assertThat(platform.agents().self().status()).isEqualTo(AgentStatus.RUNNING);
			assertThat(task.claimedBy()).contains("script");
			assertThat(threads()).hasSizeGreaterThan(before.size());
			String there = this.database.queryForText("SELECT status FROM agent_registry WHERE name = 'script'");
			assertThat(there).isEqualTo("running");
		}
		assertThat(this.database.queryForText("SELECT status FROM agent_registry WHERE name = 'script'"))
			.isEqualTo("stopped");
		await().untilAsserted(() -> assertThat(threads()).isSubsetOf(before));
		await().untilAsserted(() -> assertThat(
				this.database.queryForText("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"))
			.isEqualTo("1"));
	}

	@Test
	void closesTwiceWithoutHarm() throws IOException {
		Platform platform = Platform.connect(conf("ikigai.conf"));
		platform.close();
		platform.close();
	}

	@Test
	void connectsTwiceAtOnce() throws IOException {
		try (Platform one = Platform.connect(conf("one.conf")); Platform other = Platform.connect(conf("two.conf"))) {
			one.queue("checks").enqueue(1);
			assertThat(other.queue("checks").claim()).isPresent();
			assertThat(one.agents().self().instances()).hasSize(2);
		}
	}

	@Test
	void leavesNothingBehindWhenItCannotConnect() throws IOException {
		Path conf = Files.writeString(this.directory.resolve("ikigai.conf"),
				"[postgres]\nurl = jdbc:postgresql://127.0.0.1:1/nowhere\n");
		Set<Thread> before = threads();
		assertThatException().isThrownBy(() -> Platform.connect(conf))
			.withStackTraceContaining("jdbc:postgresql://127.0.0.1:1/nowhere");
		await().untilAsserted(() -> assertThat(threads()).isSubsetOf(before));
	}

	@Test
	void saysThatTheFileIsNotThere() {
		assertThatException().isThrownBy(() -> Platform.connect(this.directory.resolve("none.conf")))
			.withStackTraceContaining("none.conf");
	}

	private Path conf(String name) throws IOException {
		return Files.writeString(this.directory.resolve(name), """
				[postgres]
				url = %s
				username = %s
				password = "%s"
				[agent]
				name = script
				""".formatted(this.database.url(), this.database.username(), this.database.password()));
	}

	private static Set<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("ikigai-") || thread.getName().startsWith("Hikari")
					|| thread.getName().startsWith("SpringApplicationShutdownHook"))
			.collect(Collectors.toSet());
	}

}
