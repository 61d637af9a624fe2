package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.pubsub.TopicListener;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Listeners that are paused, what is published of listeners, and what stands around their
 * calls.
 */
class ListenerControlIntegrationTests {

	private static ListenerApplication application;

	@BeforeAll
	static void start() {
		application = ListenerApplication.start(Listening.class, "ikigai.listeners.idle-event-interval=300ms");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static List<String> events() {
		return application.bean(Events.class).seen;
	}

	@Test
	void takesNothingWhilePaused() {
		ListenerContainer listener = application.listener("pausing");
		application.awaitCompleted("pausing", application.enqueue("pausing", "before"));
		listener.pause();
		assertThat(listener.isPaused()).isTrue();
		assertThat(listener.isRunning()).isTrue();
		UUID id = application.enqueue("pausing", "meanwhile");
		application.awaitCompleted("other", application.enqueue("other", "goes on"));
		assertThat(application.task("pausing", id).claimedBy()).isNull();
		listener.stop();
		listener.start();
		assertThat(listener.isPaused()).isTrue();
		listener.resume();
		application.awaitCompleted("pausing", id);
		assertThat(listener.isPaused()).isFalse();
	}

	@Test
	void pausesAMailboxButNoTopic() {
		ListenerContainer listener = application.listener("mail");
		listener.pause();
		application.platform().mailbox("mail").send("x");
		application.awaitCompleted("other", application.enqueue("other", "goes on"));
		assertThat(application.platform().mailbox("mail").unread()).isEqualTo(1);
		listener.resume();
		await().until(() -> application.platform().mailbox("mail").unread() == 0);
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(application.listener("topic")::pause)
			.withMessageContaining("'topic'")
			.withMessageContaining("Stop it");
	}

	@Test
	void publishesWhatHappensToListeners() {
		assertThat(events()).contains("started other", "started mail", "started topic");
		ListenerContainer listener = application.listener("stopped");
		listener.stop();
		await().until(() -> events().contains("stopped stopped"));
		listener.start();
		await().until(() -> events().stream().filter((event) -> event.equals("started stopped")).count() == 2);
		await().until(() -> events().stream().filter((event) -> event.equals("idle stopped")).count() > 1);
		assertThat(events()).doesNotContain("idle topic", "idle paused");
	}

	@Test
	void tellsThatAListenerCannotTakeItsWork() {
		application.jdbc().execute("ALTER TABLE task_queue RENAME TO task_queue_away");
		try {
			application.listener("failing").start();
			await().until(() -> events().contains("failed failing"));
		}
		finally {
			application.jdbc().execute("ALTER TABLE task_queue_away RENAME TO task_queue");
			application.listener("failing").stop();
		}
	}

	@Test
	void asksInterceptorsInTheirOrder() {
		UUID id = application.enqueue("intercepted", "x");
		assertThat(application.awaitCompleted("intercepted", id).result()).isEqualTo("\"handled x second first\"");
		UUID refused = application.enqueue("intercepted", "refused");
		assertThat(application.awaitFailed("intercepted", refused).error()).contains("by the interceptor");
	}

	static class Events {

		private final List<String> seen = new CopyOnWriteArrayList<>();

		@EventListener
		void started(ListenerStartedEvent event) {
			this.seen.add("started " + event.listener().id());
		}

		@EventListener
		void stopped(ListenerStoppedEvent event) {
			this.seen.add("stopped " + event.listener().id());
		}

		@EventListener
		void failed(ListenerFailedEvent event) {
			assertThat(event.error()).hasMessageContaining("task_queue");
			this.seen.add("failed " + event.listener().id());
		}

		@EventListener
		void idle(ListenerIdleEvent event) {
			assertThat(event.idle()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
			this.seen.add("idle " + event.listener().id());
		}

	}

	static class Handlers {

		@IkigaiTaskListener(id = "pausing", queue = "pausing")
		void pausing(String payload) {
		}

		@IkigaiTaskListener(id = "other", queue = "other")
		void other(String payload) {
		}

		@IkigaiTaskListener(id = "stopped", queue = "stopped")
		void stopped(String payload) {
		}

		@IkigaiTaskListener(id = "failing", queue = "failing", autoStartup = "false")
		void failing(String payload) {
		}

		@MailboxListener(id = "mail", mailbox = "mail")
		void mail(String payload) {
		}

		@TopicListener(id = "topic", topics = "topic")
		void topic(String payload) {
		}

		@IkigaiTaskListener(id = "intercepted", queue = "intercepted", maxAttempts = "1")
		String intercepted(String payload) {
			return "handled " + payload;
		}

	}

	static class Listening {

		@Bean
		Handlers handlers() {
			return new Handlers();
		}

		@Bean
		Events events() {
			return new Events();
		}

		@Bean
		@Order(2)
		ListenerInterceptor second() {
			return (call) -> call.listener().equals("intercepted") ? call.proceed() + " second" : call.proceed();
		}

		@Bean
		@Order(1)
		ListenerInterceptor first() {
			return (call) -> {
				if (!call.listener().equals("intercepted")) {
					return call.proceed();
				}
				assertThat(call.kind()).isEqualTo(ListenerKind.QUEUE);
				assertThat(call.destination()).isEqualTo("intercepted");
				Task task = (Task) call.messages().get(0).getPayload();
				if (task.payload(String.class).equals("refused")) {
					throw new IllegalArgumentException("by the interceptor");
				}
				return call.proceed() + " first";
			};
		}

	}

}
