package io.ikigai.platform.postgres;

import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * An agent with listeners. With the property {@code test.hang} its handlers write, and
 * never return.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ListeningApplication {

	@Bean
	Handlers handlers(JdbcTemplate jdbc, Environment environment) {
		return new Handlers(jdbc, environment.getProperty("test.hang", Boolean.class, false));
	}

	/**
	 * The handlers.
	 */
	static class Handlers {

		private final BlockingQueue<UUID> handled = new LinkedBlockingQueue<>();

		private final JdbcTemplate jdbc;

		private final boolean hang;

		Handlers(JdbcTemplate jdbc, boolean hang) {
			this.jdbc = jdbc;
			this.hang = hang;
		}

		BlockingQueue<UUID> handled() {
			return this.handled;
		}

		@IkigaiTaskListener(queue = "leased")
		void leased(Task task) {
			task.complete(() -> handle(task));
		}

		@IkigaiTaskListener(queue = "in-transaction", claim = ClaimMode.TRANSACTION)
		void inTransaction(Task task) {
			handle(task);
		}

		private void handle(Task task) {
			this.jdbc.update("INSERT INTO effect (task_id) VALUES (?)", task.id());
			this.handled.add(task.id());
			if (this.hang) {
				AgentApplication.tell("inside");
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
		}

	}

}
