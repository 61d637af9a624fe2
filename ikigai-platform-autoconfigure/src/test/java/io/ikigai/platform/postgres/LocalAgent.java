package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.ListenedTask;
import io.ikigai.platform.queue.ListenedTaskQueue;
import io.ikigai.platform.runtime.TaskQueues;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * An agent in this JVM: an application of its own, which the database takes for a process
 * of its own.
 */
final class LocalAgent implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private LocalAgent(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static LocalAgent start(PostgresDatabase database, String name, String... properties) {
		return start(arguments(database, name, properties).toArray(String[]::new));
	}

	static LocalAgent start(String... arguments) {
		return new LocalAgent(
				new SpringApplicationBuilder(application(arguments)).web(WebApplicationType.NONE).run(arguments));
	}

	// Listeners only where a test is about them.
	private static Class<?> application(String... arguments) {
		for (String argument : arguments) {
			if (argument.startsWith("--test.hang=")) {
				return ListeningApplication.class;
			}
			if (argument.startsWith("--test.mailbox=")) {
				return ConsumingApplication.class;
			}
			if (argument.startsWith("--test.everything=")) {
				return EverythingApplication.class;
			}
			if (argument.startsWith("--test.silent=")) {
				return SilentApplication.class;
			}
			if (argument.startsWith("--test.orders=")) {
				return OrderApplication.class;
			}
		}
		return Application.class;
	}

	/**
	 * The arguments that start an agent.
	 */
	static List<String> arguments(PostgresDatabase database, String name, String... properties) {
		List<String> arguments = new ArrayList<>(
				List.of("--ikigai.postgres.url=" + database.url(), "--ikigai.postgres.username=" + database.username(),
						"--ikigai.postgres.password=" + database.password(), "--ikigai.agent.name=" + name,
						"--spring.flyway.enabled=false", "--spring.main.banner-mode=off",
						"--spring.main.register-shutdown-hook=false", "--logging.level.root=warn"));
		for (String property : properties) {
			arguments.add("--" + property);
		}
		return arguments;
	}

	Platform platform() {
		return this.context.getBean(Platform.class);
	}

	/**
	 * Returns the id of this process in the registry.
	 */
	String instance() {
		return platform().agents().self().instances().get(0).id();
	}

	ListenedTaskQueue queue(String name) {
		return this.context.getBean(TaskQueues.class).queue(name);
	}

	ListeningApplication.Handlers handlers() {
		return this.context.getBean(ListeningApplication.Handlers.class);
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	JdbcTemplate jdbc() {
		return this.context.getBean(JdbcTemplate.class);
	}

	PlatformTransactionManager transactionManager() {
		return this.context.getBean(PlatformTransactionManager.class);
	}

	/**
	 * Claims as a listener does: the lease is extended until the task is settled.
	 */
	ListenedTask awaitTask(String queue, int leaseSeconds) {
		return Waits
			.until("a task in queue " + queue, () -> queue(queue).claim(1, Duration.ofSeconds(leaseSeconds)),
					(claimed) -> !claimed.isEmpty())
			.get(0);
	}

	/**
	 * Writes what a handler would write: in the running transaction, if any.
	 */
	void recordEffect(UUID task) {
		jdbc().update("INSERT INTO effect (task_id) VALUES (?)", task);
	}

	/**
	 * Counts what handlers have written.
	 */
	int effects(UUID task) {
		return count("SELECT count(*) FROM effect WHERE task_id = ?", task);
	}

	int count(String sql, Object... arguments) {
		Integer count = jdbc().queryForObject(sql, Integer.class, arguments);
		return (count != null) ? count : 0;
	}

	/**
	 * Creates the table of what handlers write. Nothing keeps a task from being in it
	 * twice but the platform.
	 */
	static void createEffects(PostgresDatabase database) throws Exception {
		database.execute("CREATE TABLE effect (task_id uuid NOT NULL)");
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
