package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.RetryPolicy;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Listeners that a program adds at run time and takes away again.
 */
class AddedListenersIntegrationTests {

	private static final RetryPolicy TWICE = new RetryPolicy(2, Duration.ofMillis(10), 1, Duration.ofMillis(10),
			Duration.ZERO);

	private static ListenerApplication application;

	@BeforeAll
	static void start() {
		application = ListenerApplication.start(NoBeans.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static ListenerRegistry registry() {
		return application.bean(ListenerRegistry.class);
	}

	private static ListenerContainer add(String id, String queue, int batch, AddedTaskListener.Handler handler) {
		return application.bean(TaskListenerContainerFactory.class)
			.add(new AddedTaskListener(id, queue, ClaimMode.LEASE, new Concurrency(0, 1), batch, TWICE, handler),
					registry());
	}

	@Test
	void handlesTasksFromItsStartUntilItIsRemoved() {
		Recorded recorded = new Recorded();
		ListenerContainer listener = add("added", "added", 0, recorded);
		assertThat(listener.isAutoStartup()).isFalse();
		assertThat(listener.isRunning()).isFalse();
		UUID bad = application.enqueue("added", "bad");
		listener.start();
		assertThat(application.awaitFailed("added", bad).error()).contains("bad");
		application.awaitCompleted("added", application.enqueue("added", "good"));
		assertThat(recorded.handled).containsExactly("bad", "bad", "good");
		assertThat(recorded.givenUp).containsExactly("bad");
		registry().remove(listener);
		assertThat(listener.isRunning()).isFalse();
		assertThat(registry().find("added")).isEmpty();
		UUID late = application.enqueue("added", "late");
		assertThat(application.task("added", late).state()).isEqualTo(TaskState.READY);
	}

	@Test
	void handlesBatches() {
		Recorded recorded = new Recorded();
		List<UUID> ids = application.platform().queue("batches").enqueueAll(List.of("a", "b", "c"));
		add("batches", "batches", 2, recorded).start();
		ids.forEach((id) -> application.awaitCompleted("batches", id));
		assertThat(recorded.calls).containsExactly(2, 1);
	}

	@Test
	void handlesMessagesOfMailboxesAndTopics() throws Exception {
		BlockingQueue<String> handled = new LinkedBlockingQueue<>();
		AddedMailboxListener.Handler handler = new AddedMailboxListener.Handler() {

			@Override
			public void handle(MailboxMessage message) {
				if (message.json().contains("bad")) {
					throw new IllegalStateException("bad");
				}
				handled.add(message.json());
			}

			@Override
			public void givenUp(MailboxMessage message, Throwable error) {
				handled.add("given up " + message.json());
			}

		};
		MailboxListenerContainerFactory mailboxes = application.bean(MailboxListenerContainerFactory.class);
		mailboxes.add(new AddedMailboxListener("mail", "mail", TWICE, handler), registry()).start();
		List.of("bad", "good").forEach(application.platform().mailbox("mail")::send);
		await().atMost(Duration.ofSeconds(20)).until(() -> handled.size() == 2);
		assertThat(handled).containsExactly("given up \"bad\"", "\"good\"");
		assertThatExceptionOfType(InvalidListenerException.class)
			.isThrownBy(() -> mailboxes.add(new AddedMailboxListener("other", "mail", TWICE, handler), registry()))
			.withMessageContaining("'mail'");

		BlockingQueue<String> published = new LinkedBlockingQueue<>();
		application.bean(TopicListenerContainerFactory.class)
			.add(new AddedTopicListener("topic", "topic", (message) -> published.add(message.json())), registry())
			.start();
		application.platform().pubsub().publish("topic", 7);
		assertThat(published.poll(20, TimeUnit.SECONDS)).isEqualTo("7");
	}

	@Test
	void refusesWhatMakesNoSense() {
		add("taken", "taken", 0, new Recorded());
		assertThatExceptionOfType(InvalidListenerException.class)
			.isThrownBy(() -> add("taken", "another", 0, new Recorded()))
			.withMessageContaining("'taken'");
		assertThatExceptionOfType(InvalidListenerException.class)
			.isThrownBy(() -> add("long", "x".repeat(256), 0, new Recorded()))
			.withMessageContaining("255");
		assertThatIllegalArgumentException().isThrownBy(() -> add("batch", "batch", 1001, new Recorded()))
			.withMessageContaining("1001");
	}

	private static final class Recorded implements AddedTaskListener.Handler {

		private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();

		private final BlockingQueue<String> givenUp = new LinkedBlockingQueue<>();

		private final BlockingQueue<Integer> calls = new LinkedBlockingQueue<>();

		@Override
		public void handle(List<Task> tasks) {
			this.calls.add(tasks.size());
			for (Task task : tasks) {
				this.handled.add(task.payload(String.class));
				if (task.payload(String.class).equals("bad")) {
					throw new IllegalStateException("bad");
				}
			}
		}

		@Override
		public void givenUp(Task task, Throwable error) {
			this.givenUp.add(task.payload(String.class));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NoBeans {

	}

}
