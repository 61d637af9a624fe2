package io.ikigai.platform.guide.greeting;

// tag::application[]
import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@SpringBootApplication
public class GreetingApplication {

	public static void main(String[] args) {
		SpringApplication.run(GreetingApplication.class, args);
	}

	// A payload is a record. Any program that writes JSON can make one
	record Greeting(String name) {
	}

	@Bean
	ApplicationRunner firstGreeting(Platform platform) {
		return (arguments) -> platform.queue("greetings")
			.enqueue(new Greeting("Ann"), TaskOptions.of().withPriority(5));
	}

	@Component
	static class Greeter {

		private static final Logger logger = LoggerFactory.getLogger(Greeter.class);

		private final JdbcClient jdbc;

		Greeter(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@IkigaiTaskListener(queue = "greetings", concurrency = "4")
		void greet(Greeting greeting, Task task) {
			// The slow part holds no transaction and no connection
			String text = "Hello " + greeting.name();
			// The row and the completion, or neither
			task.complete(() -> this.jdbc.sql("INSERT INTO greeting (text) VALUES (?)").param(text).update());
			logger.info("Said: {}", text);
		}

	}

}
// end::application[]
