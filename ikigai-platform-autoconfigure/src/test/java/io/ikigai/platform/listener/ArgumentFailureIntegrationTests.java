package io.ikigai.platform.listener;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskErrorHandler;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.testing.Waits;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import jakarta.validation.Valid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An argument that cannot be made now costs an attempt, as a failed handler does; only a
 * payload that does not fit is final. The failing step is a validator whose SQL fails,
 * which leaves a running transaction failed.
 */
class ArgumentFailureIntegrationTests {

	private static ListenerApplication application;

	@BeforeAll
	static void start() {
		application = ListenerApplication.start(Handlers.class, "ikigai.mailboxes.retry.delay=20ms",
				"ikigai.mailboxes.retry.jitter=0");
		Handlers.jdbc = application.jdbc();
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void triesATaskAgain() {
		assertThat(completed("leased").result()).contains("attempt 2");
	}

	@Test
	void triesATaskAgainWhoseTransactionHasFailed() {
		assertThat(completed("transactional").result()).contains("attempt 2");
	}

	@Test
	void triesATaskOfABatchAgainAndHandlesItsNeighbours() {
		List<UUID> ids = application.platform()
			.queue("batched")
			.enqueueAll(List.of(new Order("good"), new Order("flaky batched"), new Order("better")));
		assertThat(ids).extracting((id) -> application.awaitCompleted("batched", id).attempt())
			.containsExactly(1, 2, 1);
		assertThat(Handlers.seen).contains("good", "flaky batched", "better");
	}

	@Test
	void triesAMessageAgain() {
		UUID id = application.platform().mailbox("mail").send(new Order("flaky mail"));
		Waits.until("the message is handled", () -> application.platform().mailbox("mail").unread() == 0);
		assertThat(Handlers.seen).contains(id + " attempt 2");
	}

	@Test
	void triesATaskWithoutARequiredHeaderAgainAndAsksTheErrorHandler() {
		UUID id = application.enqueue("headers", "any");
		TaskInfo task = application.awaitFailed("headers", id);
		assertThat(task.attempt()).isEqualTo(3);
		assertThat(task.error()).contains("tenant");
		assertThat(Handlers.seen).contains(id + " asked at 1", id + " asked at 3");
	}

	@Test
	void failsANullThatAMessageCannotHoldAtOnce() {
		application.jdbc().update("INSERT INTO task_queue (queue_name, payload) VALUES ('message', 'null')");
		Waits.until("the task has failed", () -> application.platform().queue("message").stats().failed() == 1);
		assertThat(application.jdbc()
			.queryForObject("SELECT attempt FROM task_queue WHERE queue_name = 'message'", Integer.class)).isEqualTo(1);
	}

	private static TaskInfo completed(String queue) {
		return application.awaitCompleted(queue, application.enqueue(queue, new Order("flaky " + queue)));
	}

	static class Handlers {

		static final Set<String> seen = ConcurrentHashMap.newKeySet();

		private static volatile JdbcTemplate jdbc;

		@IkigaiTaskListener("leased")
		String leased(@Valid Order order, Task task) {
			return "attempt " + task.attempt();
		}

		@IkigaiTaskListener(queue = "transactional", claim = ClaimMode.TRANSACTION)
		String transactional(@Valid Order order, Task task) {
			return "attempt " + task.attempt();
		}

		@IkigaiTaskListener(queue = "batched", batch = "10")
		void batched(@Valid List<Order> orders) {
			orders.forEach((order) -> seen.add(order.text()));
		}

		@MailboxListener("mail")
		void mail(@Valid Order order, MailboxMessage message) {
			seen.add(message.id() + " attempt " + message.attempt());
		}

		@IkigaiTaskListener(queue = "headers", maxAttempts = "3", errorHandler = "asked")
		void headers(String payload, @Header("tenant") String tenant) {
		}

		@IkigaiTaskListener("message")
		void message(
				@org.springframework.messaging.handler.annotation.Payload(required = false) Message<String> message) {
		}

		@Bean
		TaskErrorHandler asked() {
			return (task, error) -> seen.add(task.id() + " asked at " + task.attempt());
		}

	}

	record Order(@Steady String text) {

	}

	@Constraint(validatedBy = Steadiness.class)
	@Retention(RetentionPolicy.RUNTIME)
	@interface Steady {

		String message() default "not steady";

		Class<?>[] groups() default {};

		Class<? extends Payload>[] payload() default {};

	}

	static final class Steadiness implements ConstraintValidator<Steady, String> {

		private static final Set<String> failed = ConcurrentHashMap.newKeySet();

		@Override
		public boolean isValid(String text, ConstraintValidatorContext context) {
			if (text.startsWith("flaky") && failed.add(text)) {
				Handlers.jdbc.execute("SELECT 1/0");
			}
			return true;
		}

	}

}
