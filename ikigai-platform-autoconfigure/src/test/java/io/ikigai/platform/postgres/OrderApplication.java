package io.ikigai.platform.postgres;

import java.util.UUID;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * An agent whose handlers send numbers to the mailbox and to the topic that
 * {@code test.orders} names, in the transaction that completes the task, and end as the
 * order says: well, with {@code fail} at the end of the transaction, or with {@code halt}
 * of the process right after its commit, ahead of everything that the platform does then.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class OrderApplication {

	@Bean
	Handlers handlers(Platform platform, JdbcTemplate jdbc, @Value("${test.orders}") String name) {
		return new Handlers(platform, jdbc, name);
	}

	/**
	 * What to do.
	 *
	 * @param first the first number
	 * @param count how many
	 * @param end how it ends
	 */
	record Order(int first, int count, String end) {
	}

	/**
	 * The handlers, one for each way to have a transaction.
	 */
	static class Handlers {

		private final Platform platform;

		private final JdbcTemplate jdbc;

		private final String name;

		Handlers(Platform platform, JdbcTemplate jdbc, String name) {
			this.platform = platform;
			this.jdbc = jdbc;
			this.name = name;
		}

		@IkigaiTaskListener(queue = "orders-leased", maxAttempts = "1")
		public void leased(Order order, Task task) {
			task.complete(() -> send(task.id(), order));
		}

		@Transactional
		@IkigaiTaskListener(queue = "orders-transactional", maxAttempts = "1")
		public void transactional(Order order, Task task) {
			send(task.id(), order);
		}

		@IkigaiTaskListener(queue = "orders-in-transaction", claim = ClaimMode.TRANSACTION, maxAttempts = "1")
		public void inTransaction(Order order, Task task) {
			send(task.id(), order);
		}

		private void send(UUID task, Order order) {
			this.jdbc.update("INSERT INTO effect (task_id) VALUES (?)", task);
			for (int number = order.first(); number < order.first() + order.count(); number++) {
				this.platform.mailbox(this.name).send(number);
				this.platform.pubsub().publish(this.name, number);
			}
			switch (order.end()) {
				case "fail" -> throw new IllegalStateException("deliberate");
				case "halt" ->
					TransactionSynchronizationManager.registerSynchronization(new HaltAfterCommit(this.jdbc));
				default -> {
				}
			}
		}

	}

	/**
	 * What {@code kill -9} does, at the worst moment.
	 *
	 * @param jdbc counts what is left to send
	 */
	private record HaltAfterCommit(JdbcTemplate jdbc) implements TransactionSynchronization, PriorityOrdered {

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

		@Override
		public void afterCommit() {
			AgentApplication
				.tell("left " + this.jdbc.queryForObject("SELECT count(*) FROM ikigai_outbox", Integer.class));
			Runtime.getRuntime().halt(1);
		}

	}

}
