package io.ikigai.platform.listener;

import java.time.Duration;
import java.time.Instant;

import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RabbitmqServer;
import io.ikigai.platform.testservers.RedisServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How soon a task gets to its next worker when the last one died.
 */
class WorkerDeathPauseIntegrationTests {

	@ParameterizedTest
	@ValueSource(strings = { "postgres", "redis", "rabbitmq" })
	void growsWithEachDeath(String backend) {
		try (ListenerApplication application = ListenerApplication.start(PostgresServer.shared().freshDatabase(),
				NoListeners.class, "ikigai.services.queues=" + backend,
				"ikigai.redis.url=" + RedisServer.shared().url(),
				"ikigai.rabbitmq.url=" + RabbitmqServer.shared().url(),
				"ikigai.queues.killers-rabbitmq.tracking=true")) {
			TaskQueue queue = application.platform().queue("killers-" + backend);
			queue.enqueue("x");
			assertThat(pause(queue)).isNotPositive();
			long second = pause(queue);
			assertThat(second).isPositive();
			assertThat(pause(queue)).isGreaterThan(second);
			assertThat(queue.claim(Waits.LIMIT)).map(Task::attempt).contains(4);
		}
	}

	/**
	 * Claims, lets the lease end, and returns how many milliseconds later the next claim
	 * may be.
	 */
	private static long pause(TaskQueue queue) {
		Task task = queue.claim(Waits.LIMIT).orElseThrow();
		task.extend(Duration.ofSeconds(1));
		Instant ends = queue.find(task.id()).orElseThrow().leaseExpiresAt();
		TaskInfo back = Waits.until("the task is back", () -> queue.find(task.id()).orElseThrow(),
				(info) -> info.state() != TaskState.CLAIMED);
		return Duration.between(ends, back.scheduledFor()).toMillis();
	}

	@Configuration(proxyBeanMethods = false)
	static class NoListeners {

	}

}
