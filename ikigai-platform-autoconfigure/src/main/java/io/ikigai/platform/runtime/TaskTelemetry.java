package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskObserver;
import io.ikigai.platform.queue.TaskOutcome;
import io.ikigai.platform.telemetry.Telemetry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Emits what became of tasks: {@code task_completed}, {@code error} for each failed
 * attempt, {@code task_failed} for a task that is given up. Completions each up to 100 a
 * second and queue; those above that together as one event, when the second is over.
 */
public final class TaskTelemetry implements TaskObserver, AutoCloseable {

	private static final Log logger = LogFactory.getLog(TaskTelemetry.class);

	private static final int EACH = 100;

	private static final int MOST_QUEUES = 1000;

	private final Telemetry telemetry;

	private final Map<String, Completions> queues = new ConcurrentHashMap<>();

	private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, (task) -> {
		Thread thread = new Thread(task, "ikigai-task-telemetry");
		thread.setDaemon(true);
		return thread;
	});

	/**
	 * Creates the observer.
	 * @param telemetry where to emit
	 */
	public TaskTelemetry(Telemetry telemetry) {
		this.telemetry = telemetry;
		this.timer.setKeepAliveTime(10, TimeUnit.SECONDS);
		this.timer.allowCoreThreadTimeOut(true);
		this.timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	@Override
	public void settled(Task task, @Nullable String listener, TaskOutcome outcome, Duration worked) {
		try {
			if (outcome instanceof TaskOutcome.Completed) {
				completed(task, listener, worked);
			}
			else if (outcome instanceof TaskOutcome.Retried retried) {
				this.telemetry.emit("error", failure(task, listener, worked, retried.error(), false));
			}
			else if (outcome instanceof TaskOutcome.Failed failed) {
				this.telemetry.emit("error", failure(task, listener, worked, failed.error(), true));
				this.telemetry.emit("task_failed", failure(task, listener, worked, failed.error(), true));
			}
		}
		catch (RuntimeException ex) {
			// The task is settled; that must not fail any more
			logger.warn("Could not tell what became of task " + task.id(), ex);
		}
	}

	private void completed(Task task, @Nullable String listener, Duration worked) {
		if (this.queues.size() > MOST_QUEUES) {
			this.queues.values().removeIf(Completions::forgettable);
		}
		Completions completions = this.queues.computeIfAbsent(task.queue(), Completions::new);
		if (completions.each(millis(worked))) {
			Map<String, Object> payload = describe(task, listener, worked);
			payload.put("count", 1);
			this.telemetry.emit("task_completed", OwnJson.tree(payload));
		}
	}

	private static JsonNode failure(Task task, @Nullable String listener, Duration worked, String error,
			boolean givenUp) {
		Map<String, Object> payload = describe(task, listener, worked);
		payload.put("error", ErrorText.line(error));
		payload.put("givenUp", givenUp);
		return OwnJson.tree(payload);
	}

	private static Map<String, Object> describe(Task task, @Nullable String listener, Duration worked) {
		Map<String, Object> payload = new LinkedHashMap<>();
		payload.put("queue", task.queue());
		payload.put("id", task.id().toString());
		payload.put("attempt", task.attempt());
		if (listener != null) {
			payload.put("listener", listener);
		}
		payload.put("millis", millis(worked));
		return payload;
	}

	private static double millis(Duration worked) {
		return worked.toNanos() / 1000 / 1000.0;
	}

	/**
	 * Emits what is still to be told together.
	 */
	@Override
	public void close() {
		this.timer.shutdownNow();
		this.queues.values().forEach(Completions::tell);
	}

	/**
	 * The completions of one queue in one second.
	 */
	private final class Completions {

		private final String queue;

		private long second = System.nanoTime();

		private int each;

		private long count;

		private double total;

		private double shortest;

		private double longest;

		Completions(String queue) {
			this.queue = queue;
		}

		/**
		 * Notes a completion.
		 * @return whether to tell it by itself
		 */
		synchronized boolean each(double millis) {
			long now = System.nanoTime();
			if (over(now) && this.count == 0) {
				this.second = now;
				this.each = 0;
			}
			if (this.each < EACH) {
				this.each++;
				return true;
			}
			if (this.count == 0) {
				TaskTelemetry.this.timer.schedule(this::tell, this.second + TimeUnit.SECONDS.toNanos(1) - now,
						TimeUnit.NANOSECONDS);
			}
			this.shortest = (this.count == 0) ? millis : Math.min(this.shortest, millis);
			this.longest = Math.max(this.longest, millis);
			this.total += millis;
			this.count++;
			return false;
		}

		private boolean over(long now) {
			return now - this.second >= TimeUnit.SECONDS.toNanos(1);
		}

		synchronized boolean forgettable() {
			return this.count == 0 && over(System.nanoTime());
		}

		synchronized void tell() {
			if (this.count == 0) {
				return;
			}
			Map<String, Object> payload = new LinkedHashMap<>();
			payload.put("queue", this.queue);
			payload.put("count", this.count);
			payload.put("millis", this.total / this.count);
			payload.put("minMillis", this.shortest);
			payload.put("maxMillis", this.longest);
			payload.put("totalMillis", this.total);
			this.count = 0;
			this.total = 0;
			this.longest = 0;
			TaskTelemetry.this.telemetry.emit("task_completed", OwnJson.tree(payload));
		}

	}

}
