package io.ikigai.benchmarks.worker;

import java.util.Collections;
import java.util.Map;

import io.ikigai.platform.Platform;
import io.ikigai.platform.listener.ListenerContainer;
import io.ikigai.platform.listener.ListenerRegistry;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Ours: an application with listeners, all settings the defaults.
 */
final class IkigaiWorker implements QueueWorker {

	private final ConfigurableApplicationContext context;

	private final Platform platform;

	private final ListenerRegistry listeners;

	IkigaiWorker(Class<?> application, WorkerDatabase database, HandlerCount count, String[] arguments) {
		this.context = new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.initializers((context) -> context.getBeanFactory().registerSingleton("handlerCount", count))
			.properties(Map.of("ikigai.postgres.url", database.url(), "spring.datasource.hikari.maximum-pool-size",
					WorkerDatabase.POOL, "logging.level.root", "warn", "spring.main.banner-mode", "off"))
			.run(arguments);
		this.platform = this.context.getBean(Platform.class);
		this.listeners = this.context.getBean(ListenerRegistry.class);
		this.context.getBean(JdbcTemplate.class).execute(WrittenRow.CREATE);
	}

	@Override
	public void enqueue(Consumption queue, Payload payload) {
		this.platform.queue(name(queue)).enqueue(payload);
	}

	@Override
	public void enqueueInBulk(Consumption queue, int tasks) {
		this.platform.queue(name(queue)).enqueueAll(Collections.nCopies(tasks, Payload.plain()));
	}

	@Override
	public void consume(Consumption queue) {
		this.listeners.find(name(queue)).orElseThrow().start();
	}

	@Override
	public void stop() {
		this.listeners.containers().stream().filter(ListenerContainer::isRunning).forEach(ListenerContainer::stop);
	}

	@Override
	public void close() {
		this.context.close();
	}

	private static String name(Consumption queue) {
		return switch (queue) {
			case NOTHING -> IkigaiListeners.NOTHING;
			case WRITE -> IkigaiListeners.WRITE;
			case WRITE_IN_TRANSACTION -> IkigaiListeners.WRITE_IN_TRANSACTION;
			case TRAFFIC -> IkigaiListeners.TRAFFIC;
		};
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(IkigaiListeners.class)
	static class Application {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(IdleListeners.class)
	static class IdleApplication {

	}

}
