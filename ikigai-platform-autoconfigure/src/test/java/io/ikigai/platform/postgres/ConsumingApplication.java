package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.List;

import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.mailbox.MailboxMessage;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/**
 * An agent that notes what it gets from the mailbox {@code test.mailbox} in the table
 * {@code handled}. Its listener starts with it if {@code test.listens} is set.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ConsumingApplication {

	@Bean
	Consumer consumer(Platform platform, JdbcTemplate jdbc) {
		return new Consumer(platform, jdbc);
	}

	/**
	 * The handler, and who receives by hand.
	 */
	static class Consumer {

		private final Platform platform;

		private final JdbcTemplate jdbc;

		Consumer(Platform platform, JdbcTemplate jdbc) {
			this.platform = platform;
			this.jdbc = jdbc;
		}

		@Transactional
		@MailboxListener(mailbox = "${test.mailbox}", id = "consumer", autoStartup = "${test.listens:false}")
		public int handle(int number, MailboxMessage message) {
			note(List.of(message));
			return number + 1;
		}

		/**
		 * Receives for as long as the process lives: handled and acknowledged together.
		 */
		void consume(String name) {
			Mailbox mailbox = this.platform.mailbox(name);
			while (true) {
				List<MailboxMessage> messages = mailbox.receive(500);
				if (messages.isEmpty()) {
					messages = mailbox.receive(Duration.ofMinutes(1)).map(List::of).orElse(List.of());
				}
				List<MailboxMessage> received = messages;
				this.platform.transaction(() -> {
					note(received);
					received.forEach(MailboxMessage::acknowledge);
				});
			}
		}

		private void note(List<MailboxMessage> messages) {
			this.jdbc.batchUpdate("INSERT INTO handled (source, number, pid) VALUES (?, ?, ?)", messages, 500,
					(statement, message) -> {
						statement.setString(1, message.headers().getOrDefault("source", ""));
						statement.setInt(2, message.payload(Integer.class));
						statement.setLong(3, ProcessHandle.current().pid());
					});
		}

	}

}
