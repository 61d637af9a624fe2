package io.ikigai.platform.listener;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with listeners, on a PostgreSQL database of its own. Polls so rarely
 * that a test passes only when listeners are woken.
 */
final class ListenerApplication implements AutoCloseable {

	private final PostgresDatabase database;

	private final ConfigurableApplicationContext context;

	private ListenerApplication(PostgresDatabase database, ConfigurableApplicationContext context) {
		this.database = database;
		this.context = context;
	}

	static ListenerApplication start(Class<?> handlers, String... properties) {
		return start(PostgresServer.shared().freshDatabase(), handlers, properties);
	}

	static ListenerApplication start(PostgresDatabase database, Class<?> handlers, String... properties) {
		List<String> all = new ArrayList<>(List.of("ikigai.postgres.url=" + database.url(),
				"ikigai.postgres.username=" + database.username(), "ikigai.postgres.password=" + database.password(),
				"ikigai.agent.name=listener-tests", "ikigai.queues.poll-interval=1m", "ikigai.queues.retry.delay=20ms",
				"ikigai.queues.retry.jitter=0", "spring.flyway.enabled=false",
				"spring.lifecycle.timeout-per-shutdown-phase=5s"));
		all.addAll(List.of(properties));
		return new ListenerApplication(database,
				new SpringApplicationBuilder(Base.class, handlers).web(WebApplicationType.NONE)
					.properties(all.toArray(String[]::new))
					.run());
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	Platform platform() {
		return bean(Platform.class);
	}

	JdbcTemplate jdbc() {
		return bean(JdbcTemplate.class);
	}

	PostgresDatabase database() {
		return this.database;
	}

	ListenerContainer listener(String id) {
		return bean(ListenerRegistry.class).find(id).orElseThrow();
	}

	UUID enqueue(String queue, Object payload) {
		return platform().queue(queue).enqueue(payload);
	}

	TaskInfo task(String queue, UUID id) {
		return platform().queue(queue).find(id).orElseThrow();
	}

	TaskInfo await(String queue, UUID id, TaskState state) {
		return Waits.until("task in " + queue + " is " + state, () -> task(queue, id), (task) -> task.state() == state);
	}

	TaskInfo awaitCompleted(String queue, UUID id) {
		return await(queue, id, TaskState.COMPLETED);
	}

	TaskInfo awaitFailed(String queue, UUID id) {
		return await(queue, id, TaskState.FAILED);
	}

	/**
	 * Expires the lease of a task and has somebody else claim it.
	 */
	void steal(UUID id) {
		assertThat(jdbc().update("UPDATE task_queue SET claimed_by = 'thief', claimed_at = now() WHERE id = ?", id))
			.isEqualTo(1);
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Base {

	}

}
