package io.ikigai.benchmarks.service;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import javax.sql.DataSource;

import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.MailboxListener;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * An application with the platform, all settings the defaults but those given.
 */
public final class ServiceApplication implements AutoCloseable {

	static final String DRAINED = "benchmark-drain";

	private final ConfigurableApplicationContext context;

	private ServiceApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Starts the application.
	 * @param url its database
	 * @param arguments properties that somebody asked for, each {@code --name=value}
	 * @param properties properties that the workload needs
	 * @return the application
	 */
	public static ServiceApplication start(String url, String[] arguments, Map<String, Object> properties) {
		Map<String, Object> all = new LinkedHashMap<>(
				Map.of("ikigai.postgres.url", url, "spring.datasource.hikari.maximum-pool-size", 20,
						"logging.level.root", "warn", "spring.main.banner-mode", "off"));
		all.putAll(properties);
		return new ServiceApplication(new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(all)
			.run(arguments));
	}

	Platform platform() {
		return this.context.getBean(Platform.class);
	}

	DataSource pool() {
		return this.context.getBean(DataSource.class);
	}

	JdbcTemplate jdbc() {
		return this.context.getBean(JdbcTemplate.class);
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * A listener that does nothing.
	 */
	static class Drain {

		final LongAdder handled = new LongAdder();

		@MailboxListener(mailbox = DRAINED, id = DRAINED, autoStartup = "false")
		void on(Reading reading) {
			this.handled.increment();
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Drain.class)
	static class Application {

	}

}
