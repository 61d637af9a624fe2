package io.ikigai.platform.listener;

import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.DeadLetterHandler;
import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.messaging.handler.annotation.Header;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Methods that are called with what is given up.
 */
class DeadLetterIntegrationTests {

	private static ListenerApplication application;

	private static Platform platform;

	@BeforeAll
	static void start() {
		application = ListenerApplication.start(Listening.class, "ikigai.queues.retry.max-attempts=2",
				"ikigai.mailboxes.retry.max-attempts=1");
		platform = application.platform();
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static void assertTold(String text) {
		Task told = platform.queue("told").claim(Waits.LIMIT).orElseThrow();
		assertThat(told.payload(String.class)).isEqualTo(text);
		told.complete();
		assertThat(platform.queue("told").claim()).isEmpty();
	}

	@Test
	void areCalledOnceWhenTheAttemptsAreUsedUp() {
		UUID id = application.enqueue("failing", "x");
		assertThat(application.awaitFailed("failing", id).attempt()).isEqualTo(2);
		assertTold("x of failing, attempt 2, because of java.lang.IllegalStateException: no, "
				+ "java.lang.IllegalStateException");
	}

	@Test
	void areCalledInClaimsWithTransactionsToo() {
		UUID id = application.enqueue("failing-in-transaction", "t");
		application.awaitFailed("failing-in-transaction", id);
		assertTold("t of failing-in-transaction, attempt 2, because of java.lang.IllegalStateException: no, "
				+ "java.lang.IllegalStateException");
	}

	@Test
	void areNotCalledForAPayloadThatTheyCannotHaveEither() {
		UUID id = application.enqueue("failing", Map.of("not", "a text"));
		application.awaitFailed("failing", id);
		// It is a text for a parameter that wants one
		Task told = platform.queue("told").claim(Waits.LIMIT).orElseThrow();
		assertThat(told.payload(String.class)).contains("a text");
		told.complete();
		UUID unfit = application.enqueue("numbers", "none");
		application.awaitFailed("numbers", unfit);
		assertThat(platform.queue("told").claim()).isEmpty();
	}

	@Test
	void doNotKeepWhatFailsFromBeingGivenUp() {
		UUID id = application.enqueue("undone", "x");
		assertThat(application.awaitFailed("undone", id).error()).contains("first");
		assertThat(platform.queue("written-by-the-letter").stats().ready()).isZero();
		assertThat(application.task("undone", id).state()).isEqualTo(TaskState.FAILED);
	}

	@Test
	void areCalledForMessages() {
		platform.mailbox("complaints").send("late");
		await().until(() -> platform.mailbox("complaints").unread() == 0);
		Task told = platform.queue("told-of-mail").claim(Waits.LIMIT).orElseThrow();
		assertThat(told.payload(String.class)).isEqualTo("late by listener-tests");
		told.complete();
	}

	static class Listening {

		@Bean
		Failing failing(Platform platform) {
			return new Failing(platform);
		}

		@Bean
		Undone undone(Platform platform) {
			return new Undone(platform);
		}

		@Bean
		Complaints complaints(Platform platform) {
			return new Complaints(platform);
		}

		@Bean
		Numbers numbers(Platform platform) {
			return new Numbers(platform);
		}

	}

	record Failing(Platform platform) {

		@IkigaiTaskListener(queue = "failing")
		void fail(String payload) {
			throw new IllegalStateException("no");
		}

		@IkigaiTaskListener(queue = "failing-in-transaction", claim = ClaimMode.TRANSACTION)
		void failInTransaction(String payload) {
			throw new IllegalStateException("no");
		}

		@DeadLetterHandler
		void tell(String payload, Task task, @Header("error") String text, Throwable error) {
			this.platform.queue("told")
				.enqueue("%s of %s, attempt %d, because of %s, %s".formatted(payload, task.queue(), task.attempt(),
						text, error.getClass().getName()));
		}

	}

	record Numbers(Platform platform) {

		@IkigaiTaskListener(queue = "numbers")
		void handle(int number) {
		}

		@DeadLetterHandler
		void tell(int number) {
			this.platform.queue("told").enqueue("never");
		}

	}

	record Undone(Platform platform) {

		@IkigaiTaskListener(queue = "undone")
		void fail(String payload) {
			throw new IllegalStateException("first");
		}

		@DeadLetterHandler
		void failAgain(String payload) {
			this.platform.queue("written-by-the-letter").enqueue(payload);
			throw new IllegalStateException("second");
		}

	}

	record Complaints(Platform platform) {

		@MailboxListener("complaints")
		void fail(String payload) {
			throw new IllegalStateException("no");
		}

		@DeadLetterHandler
		void tell(String payload, @Header("sender") String sender) {
			this.platform.queue("told-of-mail").enqueue(payload + " by " + sender);
		}

	}

}
