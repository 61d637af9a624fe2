package io.ikigai.platform.queue;

import java.util.List;
import java.util.UUID;

import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every backend does with tasks that another program has written and that cannot be
 * read: each fails alone, with its reason, and those beside it are handed out.
 */
public abstract class UnreadableTaskContractTests extends TaskContract {

	/**
	 * Writes a ready task as another program may, past the platform.
	 * @param queue the queue's name
	 * @param headers what stands where the platform keeps the JSON of the headers
	 * @throws Exception if it cannot be written
	 */
	protected abstract void write(String queue, String headers) throws Exception;

	/**
	 * Returns whether the backend shows tasks that another program has written.
	 * @return whether it does
	 */
	protected boolean showsTasks() {
		return true;
	}

	/**
	 * Counts the failed tasks that another program has written.
	 * @param queue the queue's name
	 * @return how many failed
	 * @throws Exception if they cannot be counted
	 */
	protected long failed(String queue) throws Exception {
		return queue().stats().failed();
	}

	@ParameterizedTest
	@ValueSource(strings = { "[1]", "\"x\"", "null", "{\"a\":null}", "{\"a\":1}", "{\"a\":{\"b\":\"c\"}}", "7", "true",
			"[]", "{\"good\":\"text\",\"bad\":[\"x\"]}" })
	void failsAlone(String headers) throws Exception {
		UUID before = queue().enqueue("before");
		write(queue().name(), headers);
		UUID after = queue().enqueue("after");
		List<Task> claimed = List.of(queue().claim(Waits.LIMIT).orElseThrow(),
				queue().claim(Waits.LIMIT).orElseThrow());
		assertThat(claimed).extracting(Task::id).containsExactlyInAnyOrder(before, after);
		assertThat(claimed).extracting(Task::attempt).containsOnly(1);
		claimed.forEach(Task::complete);
		hasFailed(1);
	}

	@Test
	void isPassedOverByASingleClaim() throws Exception {
		for (int i = 0; i < 5; i++) {
			write(queue().name(), "[1]");
		}
		UUID behind = queue().enqueue("behind");
		Task task = queue().claim(Waits.LIMIT).orElseThrow();
		assertThat(task.id()).isEqualTo(behind);
		task.complete();
		assertThat(queue().claim()).isEmpty();
		hasFailed(5);
	}

	@Test
	void failsWithTheTransactionThatClaimsIt() throws Exception {
		write(queue().name(), "null");
		UUID beside = queue().enqueue("beside");
		platform().transaction(() -> {
			Task claimed = queue().claim(Waits.LIMIT).orElseThrow();
			assertThat(claimed.id()).isEqualTo(beside);
			claimed.complete();
		});
		hasFailed(1);
	}

	@Test
	void isShownWithItsReason() throws Exception {
		if (!showsTasks()) {
			return;
		}
		write(queue().name(), "{\"a\":null}");
		queue().enqueue("beside");
		List<TaskInfo> ready = queue().list(TaskState.READY, 10);
		assertThat(ready).hasSize(2);
		TaskInfo unreadable = ready.stream().filter((task) -> task.error() != null).findFirst().orElseThrow();
		assertThat(unreadable.error()).contains("Unreadable headers");
		assertThat(unreadable.headers()).isEmpty();
		assertThat(queue().find(unreadable.id())).contains(unreadable);
		assertThat(TaskPages.all(queue(), TaskQuery.all())).hasSize(2);
		assertThat(queue().claim(10)).hasSize(1);
		assertThat(state(unreadable.id())).isEqualTo(TaskState.FAILED);
		assertThat(info(unreadable.id()).error()).contains("Unreadable headers");
		assertThat(queue().redrive(unreadable.id())).isTrue();
		assertThat(queue().claim()).isEmpty();
		assertThat(state(unreadable.id())).isEqualTo(TaskState.FAILED);
	}

	private void hasFailed(int tasks) {
		assertThat(queue().claim()).isEmpty();
		Waits.until("the failed tasks are counted", () -> failed(queue().name()) == tasks);
		if (showsTasks()) {
			assertThat(queue().list(TaskState.FAILED, 10)).hasSize(tasks)
				.allSatisfy((task) -> assertThat(task.error()).contains("Unreadable headers"));
		}
	}

}
