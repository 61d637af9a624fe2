package io.ikigai.platform.rabbitmq;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

import com.rabbitmq.client.GetResponse;
import io.ikigai.platform.UnsupportedByBackendException;
import io.ikigai.platform.queue.NewTask;
import io.ikigai.platform.queue.QueueStats;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.queue.TaskPage;
import io.ikigai.platform.queue.TaskProgress;
import io.ikigai.platform.queue.TaskQuery;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.queue.TaskTracker;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.AmqpException;

/**
 * Looks at the tasks on RabbitMQ and administers them: single ones where they are
 * tracked, and otherwise what the broker counts.
 */
final class RabbitmqTaskInspection implements TaskInspection {

	private final RabbitmqSettings settings;

	private final TaskTracker tracker;

	private final TaskPublisher publisher;

	private final BrokerConnections connections;

	private final QueueLanes lanes;

	private final HeldTasks held;

	RabbitmqTaskInspection(RabbitmqSettings settings, TaskTracker tracker, TaskPublisher publisher,
			BrokerConnections connections, QueueLanes lanes, HeldTasks held) {
		this.settings = settings;
		this.tracker = tracker;
		this.publisher = publisher;
		this.connections = connections;
		this.lanes = lanes;
		this.held = held;
	}

	static UnsupportedByBackendException untracked(String what, String queue) {
		return new UnsupportedByBackendException(what, "rabbitmq", "Set ikigai.queues." + queue
				+ ".tracking = true (or ikigai.rabbitmq.tracking = true for all queues), or ikigai.services.queues = "
				+ "postgres or redis.");
	}

	private boolean tracked(String queue) {
		return this.settings.tracked().test(queue);
	}

	private TaskInspection tracked(String what, String queue) {
		if (!tracked(queue)) {
			throw untracked(what, queue);
		}
		return this.tracker.inspection();
	}

	@Override
	public Optional<TaskProgress> progress(String queue, UUID id) {
		return tracked("The progress of a task", queue).progress(queue, id);
	}

	@Override
	public Optional<TaskInfo> find(String queue, UUID id) {
		return tracked("Finding a task", queue).find(queue, id);
	}

	@Override
	public List<TaskInfo> list(String queue, TaskState state, int limit) {
		return tracked("A list of tasks", queue).list(queue, state, limit);
	}

	@Override
	public TaskPage find(String queue, TaskQuery query) {
		return tracked("A list of tasks", queue).find(queue, query);
	}

	@Override
	public boolean cancel(String queue, UUID id) {
		boolean cancelled = tracked("Cancelling a task", queue).cancel(queue, id);
		if (cancelled) {
			this.tracker.free(List.of(id));
		}
		return cancelled;
	}

	@Override
	public boolean redrive(String queue, UUID id) {
		tracked("Redriving a single task", queue);
		return redriveTracked(queue, id) == 1;
	}

	@Override
	public long redriveFailed(String queue) {
		return tracked(queue) ? redriveTracked(queue, null) : redriveUntracked(queue);
	}

	private long redriveTracked(String queue, @Nullable UUID id) {
		List<NewTask> tasks = this.tracker.redrive(queue, id);
		send(queue, tasks);
		return tasks.size();
	}

	/**
	 * Sends tracked tasks again that are ready and have no message: who enqueued them was
	 * killed before it could send them, or somebody has emptied the queue.
	 * @param longer for how long they have been ready
	 */
	void sendAgain(Duration longer) {
		this.tracker.inspection().stats().forEach((queue, stats) -> {
			Duration age = stats.oldestReadyAge();
			if (tracked(queue) && age != null && age.compareTo(longer) >= 0
					&& count(QueueNames.of(queue).ready()) == 0) {
				send(queue, this.tracker.waiting(queue, longer));
			}
		});
	}

	private void send(String queue, List<NewTask> tasks) {
		if (!tasks.isEmpty()) {
			this.publisher.send(queue,
					tasks.stream().map((task) -> TaskPublisher.of(TaskMessage.of(queue, task, true), 0)).toList());
		}
	}

	private long redriveUntracked(String queue) {
		String failed = QueueNames.of(queue).failed();
		long most = count(failed);
		return (most == 0) ? 0 : this.connections.with((channel) -> {
			long redriven = 0;
			GetResponse got = channel.basicGet(failed, false);
			while (got != null) {
				this.publisher.send(TaskMessage.read(queue, got.getProps(), got.getBody()).redriven(), 0);
				channel.basicAck(got.getEnvelope().getDeliveryTag(), false);
				redriven++;
				// Not what fails meanwhile
				got = (redriven < most) ? channel.basicGet(failed, false) : null;
			}
			return redriven;
		});
	}

	@Override
	public void pause(String queue, boolean paused) {
		this.tracker.inspection().pause(queue, paused);
		this.lanes.pausesChanged();
	}

	@Override
	public boolean paused(String queue) {
		return this.tracker.inspection().paused(queue);
	}

	/**
	 * How many messages wait in a queue of the broker; none where there is no such queue.
	 */
	private long count(String name) {
		try {
			return this.connections.with((channel) -> channel.messageCount(name));
		}
		catch (AmqpException ex) {
			if (BrokerConnections.notFound(ex)) {
				return 0;
			}
			throw ex;
		}
	}

	@Override
	public QueueStats stats(String queue) {
		return tracked(queue) ? this.tracker.inspection().stats(queue) : counted(queue);
	}

	private QueueStats counted(String queue) {
		QueueNames names = QueueNames.of(queue);
		return new QueueStats(count(names.ready()), onLadder(names), this.held.count(queue), 0, count(names.failed()),
				null);
	}

	private long onLadder(QueueNames names) {
		try {
			return this.connections.with((channel) -> {
				long waiting = 0;
				// From the top: without that one there are none
				for (int rung = DelayLadder.RUNGS - 1; rung >= 0; rung--) {
					waiting += channel.messageCount(names.delay(rung));
				}
				return waiting;
			});
		}
		catch (AmqpException ex) {
			if (BrokerConnections.notFound(ex)) {
				return 0;
			}
			throw ex;
		}
	}

	@Override
	public Map<String, QueueStats> stats() {
		Map<String, QueueStats> stats = new LinkedHashMap<>();
		Map<String, QueueStats> tracked = this.tracker.inspection().stats();
		TreeSet<String> names = new TreeSet<>(this.tracker.remembered());
		names.addAll(tracked.keySet());
		for (String queue : names) {
			QueueStats found = tracked(queue) ? tracked.get(queue) : counted(queue);
			if (found != null && holdsTasks(found)) {
				stats.put(queue, found);
			}
		}
		return stats;
	}

	private static boolean holdsTasks(QueueStats stats) {
		return stats.ready() + stats.scheduled() + stats.claimed() + stats.completed() + stats.failed() > 0;
	}

	@Override
	public List<String> queues() {
		TreeSet<String> names = new TreeSet<>(this.tracker.inspection().queues());
		this.tracker.remembered()
			.stream()
			.filter((queue) -> !tracked(queue) && holdsTasks(counted(queue)))
			.forEach(names::add);
		return List.copyOf(names);
	}

	@Override
	public long deleteFinished(Duration completed, Duration failed) {
		return this.tracker.inspection().deleteFinished(completed, failed);
	}

}
