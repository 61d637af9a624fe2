package io.ikigai.platform.listener;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

import io.ikigai.platform.DeadLetterHandler;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.pubsub.TopicListener;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Listeners that the application adds by itself.
 */
class ListenerRegistrarIntegrationTests {

	private static ListenerApplication application;

	@BeforeAll
	static void start() {
		application = ListenerApplication.start(PerTenant.class, "tenants=red,green");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static String result(String queue, UUID id) {
		return application.awaitCompleted(queue, id).result();
	}

	private static ListenerRegistrar registrar() {
		return application.bean(ListenerRegistrar.class);
	}

	@Test
	void startsWhatAConfigurerAdds() {
		assertThat(result("red-tasks", application.enqueue("red-tasks", "a"))).isEqualTo("\"red-tasks: a\"");
		assertThat(result("green-tasks", application.enqueue("green-tasks", "b"))).isEqualTo("\"green-tasks: b\"");
		assertThat(application.listener("red").destination()).isEqualTo("red-tasks");
	}

	@Test
	void startsWhatIsAddedLaterAtOnce() {
		registrar().add(IkigaiTaskListener.class, Map.of("queue", "blue-tasks", "maxAttempts", 1), new Handling(),
				"handle");
		assertThat(result("blue-tasks", application.enqueue("blue-tasks", "c"))).isEqualTo("\"blue-tasks: c\"");
	}

	@Test
	void addsListenersOfMailboxesAndTopics() {
		Received received = new Received();
		registrar().add(MailboxListener.class, Map.of("mailbox", "later"), received, "take");
		registrar().add(TopicListener.class, Map.of("topics", new String[] { "later" }), received, "hear");
		application.platform().mailbox("later").send("message");
		application.platform().pubsub().publish("later", "published");
		await()
			.untilAsserted(() -> assertThat(received.all).containsExactlyInAnyOrder("took message", "heard published"));
	}

	@Test
	void handlesBatchesAndDeadLettersUntilItIsRemoved() {
		Recorded recorded = new Recorded();
		List<UUID> ids = application.platform().queue("batches").enqueueAll(List.of("a", "b", "bad"));
		ListenerContainer listener = registrar().add(IkigaiTaskListener.class,
				Map.of("id", "batches", "queue", "batches", "batch", 2, "maxAttempts", 1, "autoStartup", false),
				recorded, "handle");
		assertThat(listener.isRunning()).isFalse();
		listener.start();
		application.awaitCompleted("batches", ids.get(0));
		application.awaitFailed("batches", ids.get(2));
		assertThat(recorded.all).containsExactly("[a, b]", "[bad]", "given up bad");
		ListenerRegistry registry = application.bean(ListenerRegistry.class);
		registry.remove(listener);
		assertThat(listener.isRunning()).isFalse();
		assertThat(registry.find("batches")).isEmpty();
		UUID late = application.enqueue("batches", "late");
		assertThat(application.task("batches", late).claimedBy()).isNull();
	}

	@Test
	void takesNamesAsTheyAre() {
		String name = "#{T(java.lang.System).exit(1)} ${user.home}";
		registrar().add(IkigaiTaskListener.class, Map.of("queue", name), new Handling(), "handle");
		assertThat(result(name, application.enqueue(name, "x"))).startsWith("\"#{T(");
	}

	@Test
	void saysWhatCannotBeAdded() {
		Handling handling = new Handling();
		assertThatIllegalArgumentException()
			.isThrownBy(() -> registrar().add(Override.class, Map.of(), handling, "handle"))
			.withMessageContainingAll("java.lang.Override", IkigaiTaskListener.class.getName());
		assertThatIllegalArgumentException()
			.isThrownBy(() -> registrar().add(IkigaiTaskListener.class, Map.of("queues", "x"), handling, "handle"))
			.withMessageContainingAll("\"queues\"", "concurrency, containerFactory");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> registrar().add(IkigaiTaskListener.class, Map.of("queue", "x"), handling, "handel"))
			.withMessageContainingAll("Handling", "no methods named \"handel\"");
		assertThatExceptionOfType(InvalidListenerException.class)
			.isThrownBy(() -> registrar().add(IkigaiTaskListener.class, Map.of("queue", "x", "concurrency", 0),
					handling, "handle"))
			.withMessageContainingAll("concurrency = \"0\"");
	}

	@Configuration(proxyBeanMethods = false)
	static class PerTenant {

		@Bean
		ListenerConfigurer listeners(@Value("${tenants}") List<String> tenants) {
			Handling handling = new Handling();
			return (registrar) -> tenants.forEach((tenant) -> registrar.add(IkigaiTaskListener.class,
					Map.of("id", tenant, "queue", tenant + "-tasks", "concurrency", "2"), handling, "handle"));
		}

	}

	static class Handling {

		String handle(String payload, Task task) {
			return task.queue() + ": " + payload;
		}

	}

	static class Recorded {

		final List<String> all = new CopyOnWriteArrayList<>();

		void handle(List<String> payloads) {
			this.all.add(payloads.toString());
			if (payloads.contains("bad")) {
				throw new IllegalStateException("bad");
			}
		}

		@DeadLetterHandler
		void tell(String payload, Throwable error) {
			this.all.add("given up " + payload);
		}

	}

	static class Received {

		final List<String> all = new CopyOnWriteArrayList<>();

		void take(String message) {
			this.all.add("took " + message);
		}

		void hear(String message) {
			this.all.add("heard " + message);
		}

	}

}
