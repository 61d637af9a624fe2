package io.ikigai.platform.listener;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Positive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.messaging.Message;
import org.springframework.transaction.annotation.Transactional;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers of batches. Each listener starts by hand, once its tasks are there.
 */
class BatchIntegrationTests {

	private static ListenerApplication application;

	@BeforeAll
	static void start() {
		application = ListenerApplication.start(Handlers.class, "ikigai.queues.retry.max-attempts=2");
		application.jdbc().execute("CREATE TABLE written (task UUID NOT NULL)");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void handsOverAsManyAsTheBatchTakesAndFailsOnlyWhatDoesNotFit() {
		List<UUID> ids = enqueue("sized", new Item(1), new Item(2), Map.of("value", "bad"), new Item(0), new Item(5),
				new Item(6), new Item(7));
		List<TaskInfo> tasks = handle("sized", ids);
		assertThat(tasks).extracting(TaskInfo::state)
			.containsExactly(TaskState.COMPLETED, TaskState.COMPLETED, TaskState.FAILED, TaskState.FAILED,
					TaskState.COMPLETED, TaskState.COMPLETED, TaskState.COMPLETED);
		assertThat(Handlers.sized).containsExactly(List.of(new Item(1), new Item(2)),
				List.of(new Item(5), new Item(6), new Item(7)));
		assertThat(tasks.get(3).error()).contains("value").contains("must be greater than 0");
	}

	@Test
	void doesNotCallTheHandlerWithAnEmptyBatch() {
		List<UUID> ids = enqueue("empty", "a", "b");
		assertThat(handle("empty", ids)).extracting(TaskInfo::state).containsOnly(TaskState.FAILED);
		assertThat(Handlers.empty).isEmpty();
	}

	@Test
	void failsTogetherWhatIsUnsettledWhenTheHandlerThrows() {
		List<UUID> ids = enqueue("throwing", 1, 2, 3);
		List<TaskInfo> tasks = handle("throwing", ids);
		assertThat(tasks).extracting(TaskInfo::state)
			.containsExactly(TaskState.COMPLETED, TaskState.FAILED, TaskState.FAILED);
		assertThat(tasks).extracting(TaskInfo::attempt).containsExactly(1, 2, 2);
		assertThat(tasks.get(2).error()).contains("all of it");
	}

	@Test
	void handsOverPayloadsTasksAndMessagesSideBySide() {
		List<UUID> ids = enqueue("aligned", 10, 20);
		handle("aligned", ids);
		assertThat(Handlers.aligned).containsExactly("10 " + ids.get(0) + " 10", "20 " + ids.get(1) + " 20");
	}

	@Test
	void completesTheRestWhenOneOfTheBatchIsStale() {
		List<UUID> ids = enqueue("stolen", 1, 2, 3);
		application.listener("stolen").start();
		application.awaitCompleted("stolen", ids.get(0));
		application.awaitCompleted("stolen", ids.get(2));
		assertThat(application.task("stolen", ids.get(1)).claimedBy()).isEqualTo("thief");
	}

	@Test
	void runsTheRestAgainWhenTheTransactionOfABatchWasStale() {
		List<UUID> ids = enqueue("transactional", 1, 2, 3);
		application.listener("transactional").start();
		assertThat(application.awaitCompleted("transactional", ids.get(0)).attempt()).isEqualTo(1);
		assertThat(application.awaitCompleted("transactional", ids.get(2)).attempt()).isEqualTo(1);
		assertThat(application.jdbc().queryForList("SELECT task FROM written ORDER BY task", UUID.class))
			.containsExactly(ids.get(0), ids.get(2));
	}

	private static List<UUID> enqueue(String queue, Object... payloads) {
		return application.platform().queue(queue).enqueueAll(List.of(payloads));
	}

	private static List<TaskInfo> handle(String queue, List<UUID> ids) {
		application.listener(queue).start();
		ids.forEach((id) -> await().until(() -> application.task(queue, id).state(),
				(state) -> state == TaskState.COMPLETED || state == TaskState.FAILED));
		return ids.stream().map((id) -> application.task(queue, id)).toList();
	}

	record Item(@Positive int value) {
	}

	static class Handlers {

		static final BlockingQueue<List<Item>> sized = new LinkedBlockingQueue<>();

		static final BlockingQueue<List<Integer>> empty = new LinkedBlockingQueue<>();

		static final List<String> aligned = new ArrayList<>();

		private final JdbcTemplate jdbc;

		Handlers(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@IkigaiTaskListener(queue = "sized", id = "sized", batch = "4", autoStartup = "false")
		void sized(@Valid List<Item> items) {
			sized.add(items);
		}

		@IkigaiTaskListener(queue = "empty", id = "empty", batch = "true", autoStartup = "false")
		void empty(Collection<Integer> numbers) {
			empty.add(List.copyOf(numbers));
		}

		@IkigaiTaskListener(queue = "throwing", id = "throwing", batch = "10", autoStartup = "false")
		void throwing(List<Task> tasks) {
			if (tasks.get(0).attempt() == 1) {
				tasks.get(0).complete();
			}
			throw new IllegalStateException("all of it");
		}

		@IkigaiTaskListener(queue = "aligned", id = "aligned", batch = "10", autoStartup = "false")
		void aligned(List<Integer> numbers, List<Task> tasks, List<Message<Integer>> messages) {
			for (int i = 0; i < numbers.size(); i++) {
				aligned.add(numbers.get(i) + " " + tasks.get(i).id() + " " + messages.get(i).getPayload());
			}
		}

		@IkigaiTaskListener(queue = "stolen", id = "stolen", batch = "10", autoStartup = "false")
		void stolen(List<Task> tasks) {
			application.steal(tasks.get(1).id());
		}

		@Transactional
		@IkigaiTaskListener(queue = "transactional", id = "transactional", batch = "10", autoStartup = "false")
		public void transactional(List<Task> tasks) throws InterruptedException {
			tasks.forEach((task) -> this.jdbc.update("INSERT INTO written VALUES (?)", task.id()));
			if (tasks.size() == 3) {
				Thread thief = new Thread(() -> application.steal(tasks.get(1).id()));
				thief.start();
				thief.join();
			}
		}

	}

}
