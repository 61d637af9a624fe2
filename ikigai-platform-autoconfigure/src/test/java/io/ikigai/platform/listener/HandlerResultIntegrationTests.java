package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.pubsub.TopicListener;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.transaction.annotation.Transactional;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What handlers return: results that come later, and results that are sent on.
 */
class HandlerResultIntegrationTests {

	private static ListenerApplication application;

	private static Platform platform;

	@BeforeAll
	static void start() {
		application = ListenerApplication.start(Handlers.class, "ikigai.queues.retry.max-attempts=1");
		platform = application.platform();
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static Task next(String queue) {
		return platform.queue(queue).claim(Waits.LIMIT).orElseThrow();
	}

	@Test
	void completesATaskWhenItsFutureIsDone() {
		UUID id = application.enqueue("future", "done");
		assertThat(application.awaitCompleted("future", id).result()).isEqualTo("\"done later\"");
	}

	@Test
	void failsATaskWhoseFutureFails() {
		UUID id = application.enqueue("future", "fails");
		assertThat(application.awaitFailed("future", id).error()).contains("IllegalStateException: later");
	}

	@Test
	void cancelsAFutureThatTakesTooLong() {
		UUID id = application.enqueue("never", "x");
		assertThat(application.awaitFailed("never", id).error()).contains("HandlerTimeoutException");
		await().until(Handlers.never::isCancelled);
	}

	@Test
	void subscribesToWhatReactorReturns() {
		UUID mono = application.enqueue("mono", "m");
		UUID flux = application.enqueue("flux", "f");
		UUID empty = application.enqueue("mono", "empty");
		assertThat(application.awaitCompleted("mono", mono).result()).isEqualTo("\"m!\"");
		assertThat(application.awaitCompleted("flux", flux).result()).isEqualTo("[\"f1\", \"f2\"]");
		assertThat(application.awaitCompleted("mono", empty).result()).isNull();
	}

	@Test
	void sendsAResultToAQueueAMailboxAndATopic() {
		UUID id = application.enqueue("sending", "page");
		TaskInfo done = application.awaitCompleted("sending", id);
		assertThat(done.result()).isEqualTo("\"page checked\"");
		Task sent = next("results");
		assertThat(sent.payload(String.class)).isEqualTo("page checked");
		sent.complete();
		MailboxMessage message = platform.mailbox("results").receive(Waits.LIMIT).orElseThrow();
		assertThat(message.payload(String.class)).isEqualTo("page checked");
		message.acknowledge();
		Task published = next("published");
		assertThat(published.payload(String.class)).isEqualTo("page checked!");
		published.complete();
	}

	@Test
	void sendsNothingForANullAndNothingOfATransactionThatIsRolledBack() {
		application.awaitCompleted("null", application.enqueue("null", "x"));
		application.awaitFailed("rolled-back", application.enqueue("rolled-back", "x"));
		application.awaitCompleted("committed", application.enqueue("committed", "y"));
		Task sent = next("kept");
		assertThat(sent.payload(String.class)).isEqualTo("y");
		sent.complete();
		assertThat(platform.queue("kept").claim()).isEmpty();
	}

	@Test
	void sendsWhatAMailboxListenerReturnsToWhoWantsAReplyOrElseOn() throws Exception {
		assertThat(platform.mailbox("questions").ask("a", String.class, Waits.LIMIT).get()).isEqualTo("a?");
		platform.mailbox("questions").send("b", MessageOptions.of());
		Task sent = next("answers");
		assertThat(sent.payload(String.class)).isEqualTo("b?");
		sent.complete();
		assertThat(platform.queue("answers").claim()).isEmpty();
		await().until(() -> platform.mailbox("questions").unread() == 0);
	}

	static class Handlers {

		static final CompletableFuture<String> never = new CompletableFuture<>();

		private static final Executor LATER = CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS);

		@IkigaiTaskListener(queue = "future")
		CompletableFuture<String> future(String payload) {
			return CompletableFuture.supplyAsync(() -> {
				if (payload.equals("fails")) {
					throw new IllegalStateException("later");
				}
				return payload + " later";
			}, LATER);
		}

		@IkigaiTaskListener(queue = "never", timeout = "200ms")
		CompletableFuture<String> never(String payload) {
			return never;
		}

		@IkigaiTaskListener(queue = "mono")
		Mono<String> mono(String payload) {
			return payload.equals("empty") ? Mono.empty()
					: Mono.just(payload + "!").delayElement(Duration.ofMillis(50));
		}

		@IkigaiTaskListener(queue = "flux")
		Flux<String> flux(String payload) {
			return Flux.just(payload + "1", payload + "2").delayElements(Duration.ofMillis(20));
		}

		@IkigaiTaskListener(queue = "sending")
		@SendTo({ "${results:results}", "mailbox:results", "topic:results" })
		String check(String page) {
			return page + " checked";
		}

		@TopicListener(topics = "results")
		@SendTo("queue:published")
		String published(String result) {
			return result + "!";
		}

		@IkigaiTaskListener(queue = "null")
		@SendTo("kept")
		String nothing(String payload) {
			return null;
		}

		@IkigaiTaskListener(queue = "rolled-back")
		@SendTo("kept")
		@Transactional
		public String rolledBack(String payload, Task task) {
			task.payload(List.class);
			return payload;
		}

		@IkigaiTaskListener(queue = "committed")
		@SendTo("kept")
		@Transactional
		public String committed(String payload) {
			return payload;
		}

		@MailboxListener("questions")
		@SendTo("queue:answers")
		String answer(String question) {
			return question + "?";
		}

	}

}
