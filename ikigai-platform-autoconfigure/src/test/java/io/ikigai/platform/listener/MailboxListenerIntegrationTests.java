package io.ikigai.platform.listener;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxErrorHandler;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.transaction.annotation.Transactional;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of messages that listeners handle.
 */
class MailboxListenerIntegrationTests {

	private static ListenerApplication application;

	private static Handlers handlers;

	@BeforeAll
	static void start() {
		application = ListenerApplication.start(Handlers.class, "ikigai.mailboxes.poll-interval=10m",
				"ikigai.mailboxes.retry.delay=20ms", "ikigai.mailboxes.retry.jitter=0");
		application.jdbc().execute("CREATE TABLE written (what text)");
		handlers = application.bean(Handlers.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void forget() {
		handlers.seen.clear();
	}

	private static Mailbox mailbox(String name) {
		return application.platform().mailbox(name);
	}

	private static void awaitEmpty(String name) {
		await().until(() -> mailbox(name).unread() == 0);
	}

	private static Map<String, Object> row(UUID id) {
		return application.jdbc().queryForMap("SELECT * FROM mailbox WHERE id = ?", id);
	}

	private static MailboxListenerContainer container(String id) {
		return (MailboxListenerContainer) application.listener(id);
	}

	@Test
	void handlesInOrderAndAcknowledges() {
		List<String> sent = IntStream.range(0, 200).mapToObj((number) -> "m" + number).toList();
		UUID first = mailbox("plain").send(sent.get(0));
		sent.subList(1, 200).forEach(mailbox("plain")::send);
		awaitEmpty("plain");
		assertThat(handlers.seen).isEqualTo(sent);
		assertThat(row(first)).containsEntry("read_by", "listener-tests").containsEntry("error", null);
	}

	@Test
	void givesTheHandlerWhatItAsksFor() {
		UUID id = mailbox("arguments").send(Map.of("text", "hot"),
				MessageOptions.of().withHeader("color", "red").withCorrelationId("seven"));
		awaitEmpty("arguments");
		assertThat(handlers.seen).containsExactly("hot " + id + " listener-tests red seven 1 true");
	}

	@Test
	void repliesWithWhatTheHandlerReturns() throws Exception {
		assertThat(mailbox("answers").ask(20, Integer.class, Waits.LIMIT).get()).isEqualTo(21);
		assertThat(container("answers").droppedReplies()).isZero();
		mailbox("answers").send(1);
		await().until(() -> container("answers").droppedReplies() == 1);
	}

	@Test
	void neitherRepliesNorAcknowledgesWithoutTheOther() {
		// A name that no mailbox can have: the reply is refused, and so the handling
		// fails
		application.jdbc()
			.update("INSERT INTO mailbox (mailbox_name, sender, payload, reply_to) VALUES ('answers', 'x', '1', '')");
		awaitEmpty("answers");
		assertThat(application.jdbc()
			.queryForObject("SELECT error FROM mailbox WHERE mailbox_name = 'answers' AND sender = 'x'", String.class))
			.contains("name");
	}

	@Test
	void triesAgainBeforeLaterOnesAndGivesUpWithTheError() {
		UUID bad = mailbox("failing").send("bad");
		UUID later = mailbox("failing").send("later");
		awaitEmpty("failing");
		assertThat(handlers.seen).containsExactly("bad 1", "bad 2", "bad 3", "later 1");
		assertThat((String) row(bad).get("error")).contains("refused bad");
		assertThat(row(bad).get("read_at")).isNotNull();
		assertThat(row(later)).containsEntry("error", null);
		List<TelemetryEvent> errors = await().until(() -> {
			application.platform().telemetry().flush();
			return application.platform()
				.telemetry()
				.query(TelemetryQuery.all().withType("error"))
				.stream()
				.filter((event) -> event.json().contains(bad.toString()))
				.toList();
		}, (events) -> events.size() == 3);
		assertThat(errors.get(0).json()).contains("\"failing\"", "refused bad", "listener");
		assertThat(errors).filteredOn((event) -> event.json().matches("(?s).*\"givenUp\": ?true.*")).hasSize(1);
	}

	@Test
	void handsNothingToAnybodyDuringAPause() {
		mailbox("pausing").send("bad");
		await().until(() -> handlers.seen.contains("paused"));
		mailbox("pausing").send("later");
		await().untilAsserted(() -> assertThat(application.jdbc()
			.queryForObject("SELECT count(due_at) FROM mailbox WHERE mailbox_name = 'pausing'", Integer.class))
			.isEqualTo(1));
		assertThat(mailbox("pausing").receive(10)).isEmpty();
		application.jdbc().update("UPDATE mailbox SET due_at = now() WHERE mailbox_name = 'pausing'");
		awaitEmpty("pausing");
		assertThat(handlers.seen).containsExactly("paused", "bad", "later");
	}

	@Test
	void failsWhatDoesNotParseAndGoesOn() {
		UUID bad = mailbox("numbers").send("not a number");
		mailbox("numbers").send(7);
		awaitEmpty("numbers");
		assertThat(handlers.seen).containsExactly("7");
		assertThat((String) row(bad).get("error")).contains("Payload");
		assertThat(row(bad)).containsEntry("attempt", 1);
	}

	@Test
	void leavesAloneWhatTheHandlerSettles() {
		UUID failed = mailbox("own").send("fail");
		mailbox("own").send("acknowledge");
		mailbox("own").send("release");
		mailbox("own").send("acknowledge");
		awaitEmpty("own");
		assertThat(handlers.seen).containsExactly("fail 1", "acknowledge 1", "release 1", "release 2", "acknowledge 1");
		assertThat(row(failed)).containsEntry("error", "by hand");
		assertThat(container("own").droppedReplies()).isEqualTo(5);
	}

	@Test
	void asksTheErrorHandler() {
		UUID id = mailbox("handled").send("x");
		awaitEmpty("handled");
		assertThat(row(id)).containsEntry("error", "because: refused x");
	}

	@Test
	void acknowledgesInTheTransactionOfTheHandler() {
		UUID id = mailbox("transactional").send("x");
		awaitEmpty("transactional");
		assertThat(application.jdbc().queryForList("SELECT what FROM written", String.class)).containsExactly("2");
		assertThat(row(id)).containsEntry("failures", 1);
		// The write and the acknowledgement have the same transaction
		assertThat(application.jdbc()
			.queryForObject("SELECT count(*) FROM written w, mailbox m WHERE m.id = ? AND m.xmin = w.xmin",
					Integer.class, id))
			.isEqualTo(1);
	}

	@Test
	void waitsForTheHandlerAndGivesBackTheRest() {
		for (int i = 0; i < 5; i++) {
			mailbox("slow").send(i);
		}
		await().until(() -> handlers.seen.contains("slow 0"));
		ListenerContainer container = application.listener("slow");
		Thread stopping = new Thread(container::stop);
		stopping.start();
		await().until(() -> !container.isRunning());
		handlers.go.countDown();
		await().until(() -> !stopping.isAlive());
		assertThat(handlers.seen).containsExactly("slow 0");
		List<MailboxMessage> rest = mailbox("slow").receive(10);
		assertThat(rest).extracting(MailboxMessage::json).containsExactly("1", "2", "3", "4");
		assertThat(rest).extracting(MailboxMessage::attempt).containsOnly(1);
		rest.get(0).release();
		container.start();
		awaitEmpty("slow");
		assertThat(handlers.seen).containsExactly("slow 0", "slow 1", "slow 2", "slow 3", "slow 4");
	}

	@Test
	void interruptsAndGivesBackWhatDoesNotEnd() {
		UUID id = mailbox("endless").send("x");
		mailbox("endless").send("y");
		await().until(() -> handlers.seen.contains("endless x"));
		application.listener("endless").stop();
		assertThat(handlers.seen).contains("interrupted");
		assertThat(row(id)).containsEntry("read_at", null).containsEntry("failures", 0).containsEntry("receipt", null);
		assertThat(mailbox("endless").receive(2)).extracting(MailboxMessage::attempt).containsExactly(1, 1);
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		final List<String> seen = new CopyOnWriteArrayList<>();

		final CountDownLatch go = new CountDownLatch(1);

		@MailboxListener("plain")
		void plain(String text) {
			this.seen.add(text);
		}

		@MailboxListener(mailbox = "arguments")
		void arguments(Alert alert, MailboxMessage message, @Header("sender") String sender, @Header String color,
				@Header String correlationId, @Header("createdAt") Instant createdAt) {
			this.seen.add("%s %s %s %s %s %d %s".formatted(alert.text(), message.id(), sender, color, correlationId,
					message.attempt(), createdAt.equals(message.createdAt())));
		}

		@MailboxListener(mailbox = "answers", id = "answers")
		int answer(int question) {
			return question + 1;
		}

		@MailboxListener(mailbox = "failing", maxAttempts = "3", delay = "10ms")
		void fail(String text, MailboxMessage message) {
			this.seen.add(text + " " + message.attempt());
			if (text.equals("bad")) {
				throw new IllegalStateException("refused bad");
			}
		}

		@MailboxListener(mailbox = "pausing", delay = "1h", maxDelay = "1h")
		void pause(String text) {
			if (this.seen.isEmpty()) {
				this.seen.add("paused");
				throw new IllegalStateException("pause");
			}
			this.seen.add(text);
		}

		@MailboxListener("numbers")
		void number(int number) {
			this.seen.add(String.valueOf(number));
		}

		@MailboxListener(mailbox = "own", id = "own")
		String own(String text, MailboxMessage message) {
			this.seen.add(text + " " + message.attempt());
			if (text.equals("fail")) {
				message.fail("by hand");
			}
			else if (text.equals("release") && message.attempt() == 1) {
				message.release();
			}
			else {
				message.acknowledge();
			}
			return "ignored";
		}

		@MailboxListener(mailbox = "handled", errorHandler = "givingUp")
		void handled(String text) {
			throw new IllegalStateException("refused " + text);
		}

		@Bean
		MailboxErrorHandler givingUp() {
			return (message, error) -> message.fail("because: " + error.getMessage());
		}

		@Bean
		Writer writer(JdbcTemplate jdbc) {
			return new Writer(jdbc);
		}

		@MailboxListener(mailbox = "slow", id = "slow")
		void slow(int number) throws InterruptedException {
			this.seen.add("slow " + number);
			this.go.await();
		}

		@MailboxListener(mailbox = "endless", id = "endless")
		void endless(String text) throws InterruptedException {
			this.seen.add("endless " + text);
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				this.seen.add("interrupted");
				throw ex;
			}
		}

	}

	static class Writer {

		private final JdbcTemplate jdbc;

		Writer(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@Transactional
		@MailboxListener("transactional")
		public void write(String text, MailboxMessage message) {
			this.jdbc.update("INSERT INTO written VALUES (?)", message.attempt());
			if (message.attempt() == 1) {
				throw new IllegalStateException("first");
			}
		}

	}

	record Alert(String text) {
	}

}
