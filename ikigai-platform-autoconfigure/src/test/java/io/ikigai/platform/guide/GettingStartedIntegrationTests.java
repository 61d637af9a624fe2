package io.ikigai.platform.guide;

import java.util.UUID;

import io.ikigai.platform.Platform;
import io.ikigai.platform.guide.greeting.GreetingApplication;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application of the first chapter.
 */
class GettingStartedIntegrationTests {

	@Test
	void runsTheApplicationOfTheFirstChapter() {
		try (ConfigurableApplicationContext application = GuideApplication.start(Examples.class,
				"spring.config.import=classpath:io/ikigai/platform/guide/getting-started.properties",
				"spring.sql.init.schema-locations=classpath:io/ikigai/platform/guide/getting-started.sql")) {
			Platform platform = application.getBean(Platform.class);
			JdbcClient jdbc = application.getBean(JdbcClient.class);
			await().until(() -> platform.queue("greetings").stats().completed(), (completed) -> completed == 1);
			assertThat(jdbc.sql("SELECT text FROM greeting").query(String.class).list()).containsExactly("Hello Ann");
			UUID id = application.getBean(Shop.class).order("tea");
			TaskInfo task = await().until(() -> platform.queue("deliveries").find(id).orElseThrow(),
					(found) -> found.state() == TaskState.COMPLETED);
			assertThat(task.result()).isEqualTo("\"tea delivered\"");
		}
	}

	// tag::transaction[]
	@Component
	static class Shop {

		private final JdbcClient jdbc;

		private final Platform platform;

		Shop(JdbcClient jdbc, Platform platform) {
			this.jdbc = jdbc;
			this.platform = platform;
		}

		@Transactional
		UUID order(String item) {
			this.jdbc.sql("INSERT INTO purchase (item) VALUES (?)").param(item).update();
			// Seen after the commit, or never
			return this.platform.queue("deliveries").enqueue(item);
		}

		@IkigaiTaskListener(queue = "deliveries", maxAttempts = "5", delay = "2s", multiplier = "2")
		String deliver(String item) {
			// After an exception: again, after 2, 4, 8 and 16 seconds
			return item + " delivered";
		}

	}
	// end::transaction[]

	@Configuration(proxyBeanMethods = false)
	@Import({ GreetingApplication.class, Shop.class, Tables.class })
	static class Examples {

	}

	static class Tables {

		Tables(JdbcClient jdbc) {
			jdbc.sql("CREATE TABLE IF NOT EXISTS purchase (item TEXT)").update();
		}

	}

}
