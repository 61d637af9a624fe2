package io.ikigai.platform.guide;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.ikigai.platform.Platform;
import io.ikigai.platform.listener.ListenerFailedEvent;
import io.ikigai.platform.listener.ListenerIdleEvent;
import io.ikigai.platform.listener.ListenerStartedEvent;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskErrorHandler;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.AliasFor;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of the listeners' chapter about annotations of one's own, batches, errors,
 * results that come later, and events.
 */
class ListenerVariantsGuideIntegrationTests {

	private static final List<String> told = new CopyOnWriteArrayList<>();

	private static ConfigurableApplicationContext application;

	private static Platform platform;

	@BeforeAll
	static void start() {
		application = GuideApplication.start(Examples.class, "more.orders=late-orders",
				"ikigai.listeners.idle-event-interval=100ms");
		platform = application.getBean(Platform.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static TaskInfo finished(String queue, UUID id) {
		return await().until(() -> platform.queue(queue).find(id).orElseThrow(),
				(task) -> task.state() == TaskState.COMPLETED || task.state() == TaskState.FAILED);
	}

	@Test
	void listensWithAnAnnotationOfOnesOwnAndToSeveralQueues() {
		assertThat(finished("reports", platform.queue("reports").enqueue("march")).result()).isEqualTo("\"march\"");
		assertThat(finished("orders", platform.queue("orders").enqueue("tea")).result()).isEqualTo("\"orders\"");
		assertThat(finished("late-orders", platform.queue("late-orders").enqueue("tea")).result())
			.isEqualTo("\"late-orders\"");
	}

	@Test
	void settlesWhatABatchHolds() {
		List<UUID> ids = platform.queue("rows").enqueueAll(List.of(new Row("a"), new Row("?"), new Row("b")));
		assertThat(ids).extracting((id) -> finished("rows", id).state())
			.containsExactly(TaskState.COMPLETED, TaskState.FAILED, TaskState.COMPLETED);
		assertThat(told).contains("wrote a", "wrote b");
	}

	@Test
	void decidesAboutAnError() {
		assertThat(finished("invoices", platform.queue("invoices").enqueue(7)).error()).contains("There is no order 7");
	}

	@Test
	void completesWithWhatComesLater() {
		assertThat(finished("questions", platform.queue("questions").enqueue("why")).result())
			.isEqualTo("\"answer to why\"");
	}

	@Test
	void tellsOfListeners() {
		assertThat(told).contains("reporter listens");
		await().untilAsserted(() -> assertThat(told).contains("reporter is idle"));
	}

	record Row(String text) {
	}

	// tag::meta[]
	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@IkigaiTaskListener(concurrency = "1", lease = "10m", timeout = "2h")
	@interface SlowTaskListener {

		@AliasFor(annotation = IkigaiTaskListener.class, attribute = "queue")
		String queue();

		@AliasFor(annotation = IkigaiTaskListener.class, attribute = "id")
		String id() default "";

	}
	// end::meta[]

	static class Reports {

		// tag::meta-use[]
		@SlowTaskListener(id = "reporter", queue = "reports")
		String report(String month) {
			return month;
		}

		@IkigaiTaskListener(queue = "orders")
		@IkigaiTaskListener(queue = "${more.orders}", maxAttempts = "#{2 + 3}")
		String order(String order, Task task) {
			return task.queue();
		}
		// end::meta-use[]

		// tag::batch[]
		@IkigaiTaskListener(queue = "rows", batch = "500")
		void write(List<Row> rows, List<Task> tasks) {
			for (int i = 0; i < rows.size(); i++) {
				if (rows.get(i).text().equals("?")) {
					tasks.get(i).fail("Not a row"); // this one only
				}
				else {
					told.add("wrote " + rows.get(i).text());
				}
			}
		}
		// end::batch[]

		// tag::error-handler[]
		@IkigaiTaskListener(queue = "invoices", errorHandler = "unknownOrders")
		void invoice(int order) {
			throw new UnknownOrderException(order);
		}
		// end::error-handler[]

		// tag::async[]
		@IkigaiTaskListener(queue = "questions", timeout = "30s")
		CompletableFuture<String> answer(String question) {
			return CompletableFuture.supplyAsync(() -> "answer to " + question);
		}
		// end::async[]

	}

	static class UnknownOrderException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		UnknownOrderException(int order) {
			super("There is no order " + order);
		}

	}

	// tag::events[]
	static class ListenerLog {

		@EventListener
		void started(ListenerStartedEvent event) {
			told.add(event.listener().id() + " listens");
		}

		@EventListener
		void idle(ListenerIdleEvent event) {
			told.add(event.listener().id() + " is idle");
		}

		@EventListener
		void failed(ListenerFailedEvent event) {
			told.add(event.listener().id() + " gets no work: " + event.error().getMessage());
		}

	}
	// end::events[]

	@Configuration(proxyBeanMethods = false)
	@Import({ Reports.class, ListenerLog.class })
	static class Examples {

		// tag::error-handler-bean[]
		@Bean
		TaskErrorHandler unknownOrders() {
			return (task, error) -> {
				if (error instanceof UnknownOrderException) {
					task.fail(error.getMessage()); // for good; others are tried again
				}
			};
		}
		// end::error-handler-bean[]

	}

}
