package io.ikigai.platform.queue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import io.ikigai.platform.Platform;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What every backend of task queues promises: the compatibility kit.
 */
public abstract class TaskQueueContractTests {

	private TaskQueue queue;

	/**
	 * Returns a platform whose queues run on the backend under test.
	 * @return the platform, the same for all tests of a class
	 */
	protected abstract Platform platform();

	@BeforeEach
	void freshQueue() {
		this.queue = platform().queue("contract-" + UUID.randomUUID());
	}

	@Test
	void claimsWhatWasEnqueuedAndCompletesIt() {
		UUID id = this.queue.enqueue(Map.of("url", "http://localhost/"), TaskOptions.of().withHeader("origin", "test"));
		Task task = this.queue.claim().orElseThrow();
		assertThat(task.id()).isEqualTo(id);
		assertThat(task.attempt()).isEqualTo(1);
		assertThat(task.headers()).containsExactly(Map.entry("origin", "test"));
		assertThat(task.payload(Map.class)).isEqualTo(Map.of("url", "http://localhost/"));
		assertThat(this.queue.claim()).isEmpty();
		task.complete(Map.of("status", 200));
		TaskInfo info = this.queue.find(id).orElseThrow();
		assertThat(info.state()).isEqualTo(TaskState.COMPLETED);
		assertThat(info.result()).contains("200");
		assertThat(info.claimedBy()).isEqualTo(task.claimedBy());
	}

	@Test
	void claimsByPriorityThenAge() {
		List<UUID> ids = IntStream.of(0, 5, 0, 9)
			.mapToObj((priority) -> this.queue.enqueue("p" + priority, TaskOptions.of().withPriority(priority)))
			.toList();
		assertThat(this.queue.claim(10)).extracting(Task::id)
			.containsExactly(ids.get(3), ids.get(1), ids.get(0), ids.get(2));
	}

	@Test
	void wakesWhoWaitsForATask() throws Exception {
		Thread enqueuer = new Thread(
				() -> this.queue.enqueue("late", TaskOptions.of().withDelay(Duration.ofMillis(300))));
		enqueuer.start();
		assertThat(this.queue.claim(Duration.ofSeconds(10))).isPresent();
		enqueuer.join();
	}

	@Test
	void refusesALateCompletion() {
		this.queue.enqueue("x");
		Task task = this.queue.claim().orElseThrow();
		task.release();
		assertThatExceptionOfType(StaleClaimException.class).isThrownBy(task::complete);
		assertThat(this.queue.claim().orElseThrow().attempt()).isEqualTo(1);
	}

}
