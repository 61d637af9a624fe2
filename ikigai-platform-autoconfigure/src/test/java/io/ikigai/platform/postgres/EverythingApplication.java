package io.ikigai.platform.postgres;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

import io.ikigai.platform.Platform;
import io.ikigai.platform.TypeRef;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.storage.DocumentCollection;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * An agent whose handlers use every service in one transaction, and stop for ever where
 * the task's payload says: {@code before} the commit or {@code after} it, ahead of
 * everything that the platform does then. With {@code fail} they fail at the end.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class EverythingApplication {

	static final String NAME = "everything";

	@Bean
	Handlers handlers(Platform platform, JdbcClient jdbc) {
		return new Handlers(platform, jdbc);
	}

	static DocumentCollection<Map<String, Object>> documents(Platform platform) {
		return platform.storage().documents(NAME, new TypeRef<Map<String, Object>>() {
		});
	}

	/**
	 * The handlers.
	 */
	static class Handlers {

		private final Platform platform;

		private final JdbcClient jdbc;

		Handlers(Platform platform, JdbcClient jdbc) {
			this.platform = platform;
			this.jdbc = jdbc;
		}

		@IkigaiTaskListener(queue = "everything-leased", maxAttempts = "1")
		void leased(String stop, Task task) {
			task.complete(() -> write(task.id(), stop));
		}

		@IkigaiTaskListener(queue = "everything-in-transaction", claim = ClaimMode.TRANSACTION, maxAttempts = "1")
		void inTransaction(String stop, Task task) {
			write(task.id(), stop);
		}

		private void write(UUID id, String stop) {
			this.jdbc.sql("INSERT INTO effect (task_id) VALUES (?)").param(id).update();
			documents(this.platform).put(id.toString(), Map.of("text", "everything at once"));
			documents(this.platform).embed(id.toString(), new float[] { 1, 0, 0 });
			this.platform.mailbox(NAME).send(id.toString());
			this.platform.queue("everything-next").enqueue(id.toString());
			this.platform.pubsub().publish(NAME, id.toString());
			this.platform.cache(NAME).set(id.toString(), "changed");
			this.platform.cache(NAME).increment("count", 1);
			switch (stop) {
				case "before" -> stop("before");
				case "after" -> TransactionSynchronizationManager.registerSynchronization(new StopAfterCommit());
				default -> throw new IllegalStateException(stop);
			}
		}

		private static void stop(String where) {
			AgentApplication.tell(where);
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	/**
	 * Stops before anybody can be told of the commit.
	 */
	private static final class StopAfterCommit implements TransactionSynchronization {

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

		@Override
		public void afterCommit() {
			Handlers.stop("after");
		}

	}

}
