package io.ikigai.platform.postgres;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/**
 * An agent with a listener of each kind, whose handlers wait in the middle until they are
 * let go.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class SilentApplication {

	@Bean
	Handlers handlers(JdbcClient jdbc) {
		return new Handlers(jdbc);
	}

	/**
	 * The handlers, behind a proxy. Each records its effect in the transaction that
	 * settles, where it has one.
	 */
	static class Handlers {

		private final JdbcClient jdbc;

		private final Set<String> begun = ConcurrentHashMap.newKeySet();

		private final CountDownLatch go = new CountDownLatch(1);

		Handlers(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@IkigaiTaskListener(queue = "silent-plain", lease = "3s")
		void plain(String payload) {
			waits("silent-plain");
		}

		@IkigaiTaskListener(queue = "silent-writes", lease = "3s")
		void writes(String payload, Task task) {
			task.complete(() -> {
				record(payload);
				waits("silent-writes");
				record(payload);
			});
		}

		@Transactional
		@IkigaiTaskListener(queue = "silent-transactional", lease = "3s")
		public void transactional(String payload) {
			record(payload);
			waits("silent-transactional");
			record(payload);
		}

		@IkigaiTaskListener(queue = "silent-whole", claim = ClaimMode.TRANSACTION, lease = "3s")
		void whole(String payload) {
			record(payload);
			waits("silent-whole");
			record(payload);
		}

		@MailboxListener("silent-mailbox")
		void receive(String payload, MailboxMessage message) {
			waits("silent-mailbox");
		}

		public int begun() {
			return this.begun.size();
		}

		public void go() {
			this.go.countDown();
		}

		private void record(String effect) {
			this.jdbc.sql("INSERT INTO silent_effect (name) VALUES (?)").param(effect).update();
		}

		private void waits(String what) {
			this.begun.add(what);
			try {
				this.go.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException(ex);
			}
		}

	}

}
