package io.ikigai.platform.rabbitmq;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The lanes of this process, and a timer that looks after them. A lane that is not used
 * for a while, or is one of too many, is closed: each has a channel, of which a
 * connection has 2047 as a rule. Safe for use by several threads.
 */
final class QueueLanes implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(QueueLanes.class);

	private static final long TEND_MILLIS = 200;

	private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

	private static final int MOST_IDLE = 500;

	private static final long RESTORE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final BrokerConnections connections;

	private final QueueTopology topology;

	private final QueuePauses pauses;

	private final HeldTasks held;

	private final int mostIdle;

	private final Map<String, Used> lanes = new ConcurrentHashMap<>();

	private final Set<String> stopped = ConcurrentHashMap.newKeySet();

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "ikigai-rabbitmq-queues");
		thread.setDaemon(true);
		return thread;
	});

	private volatile boolean interrupted;

	private long restoredAt = System.nanoTime();

	QueueLanes(BrokerConnections connections, QueueTopology topology, QueuePauses pauses, HeldTasks held) {
		this(connections, topology, pauses, held, MOST_IDLE);
	}

	/**
	 * Creates the lanes.
	 * @param mostIdle from how many lanes on those that are not used are closed at once
	 */
	QueueLanes(BrokerConnections connections, QueueTopology topology, QueuePauses pauses, HeldTasks held,
			int mostIdle) {
		this.connections = connections;
		this.topology = topology;
		this.pauses = pauses;
		this.held = held;
		this.mostIdle = mostIdle;
		this.timer.scheduleWithFixedDelay(this::tend, TEND_MILLIS, TEND_MILLIS, TimeUnit.MILLISECONDS);
	}

	/**
	 * Does something with the lane of a queue, which is not closed meanwhile.
	 * @param queue the queue
	 * @param work gets the lane; who wants to keep it adds itself to those that wait
	 * @return what the work returned
	 */
	<T> T with(String queue, Function<QueueLane, T> work) {
		if (this.lanes.size() > this.mostIdle && !this.lanes.containsKey(queue)) {
			closeHalf();
		}
		Used lane = this.lanes
			.compute(queue,
					(name, present) -> ((present != null) ? present
							: new Used(new QueueLane(name, this.connections, this.topology, this.held::giveBack)))
						.begin());
		try {
			return work.apply(lane.lane);
		}
		finally {
			this.lanes.computeIfPresent(queue, (name, present) -> present.end());
		}
	}

	/** Those that were used least lately. */
	private void closeHalf() {
		long now = System.nanoTime();
		List<Used> idle = this.lanes.values()
			.stream()
			.filter((lane) -> lane.idle(now, 0))
			.sorted(Comparator.comparingLong((lane) -> lane.usedAt - now))
			.toList();
		idle.subList(0, (idle.size() + 1) / 2).forEach((lane) -> closeIdle(lane, 0));
	}

	private void closeIdle(Used lane, long idleNanos) {
		boolean[] removed = new boolean[1];
		this.lanes.computeIfPresent(lane.lane.queue(), (name, present) -> {
			removed[0] = present == lane && lane.idle(System.nanoTime(), idleNanos) && !this.held.hasOf(lane.lane);
			return removed[0] ? null : present;
		});
		if (removed[0]) {
			lane.lane.close();
		}
	}

	/** How many lanes there are. */
	int size() {
		return this.lanes.size();
	}

	/**
	 * Tells whether tasks may be taken from a queue now, and has its lane stand still if
	 * not.
	 */
	boolean open(String queue) {
		if (!this.pauses.paused(queue)) {
			return true;
		}
		Used lane = this.lanes.get(queue);
		if (this.stopped.add(queue) && lane != null) {
			lane.lane.rest();
		}
		return false;
	}

	/** Looks at once which queues are paused. */
	void pausesChanged() {
		this.pauses.refresh();
		wakeResumed();
	}

	private void wakeResumed() {
		for (String queue : this.stopped) {
			if (!this.pauses.paused(queue) && this.stopped.remove(queue)) {
				Used lane = this.lanes.get(queue);
				if (lane != null) {
					lane.lane.changed();
				}
			}
		}
	}

	/** Whether all who wait are woken. */
	boolean inOrder() {
		return !this.interrupted;
	}

	private void tend() {
		try {
			wakeResumed();
			boolean broken = false;
			boolean restoring = System.nanoTime() - this.restoredAt >= RESTORE_NANOS;
			for (Used lane : this.lanes.values()) {
				if (!lane.lane.tend()) {
					broken = true;
					if (restoring) {
						lane.lane.restore();
					}
				}
				else if (lane.idle(System.nanoTime(), IDLE_NANOS)) {
					closeIdle(lane, IDLE_NANOS);
				}
			}
			this.restoredAt = restoring ? System.nanoTime() : this.restoredAt;
			this.interrupted = broken && !restoring;
		}
		catch (RuntimeException | Error ex) {
			this.restoredAt = System.nanoTime();
			if (!this.interrupted) {
				logger.warn("The connection to RabbitMQ is lost; trying again every second", ex);
			}
			this.interrupted = true;
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
		this.lanes.values().forEach((lane) -> lane.lane.close());
	}

	/**
	 * A lane and how it is used. Changed only by what the map does at once for its queue.
	 */
	private static final class Used {

		private final QueueLane lane;

		private volatile int users;

		private volatile long usedAt;

		private Used(QueueLane lane) {
			this.lane = lane;
		}

		private Used begin() {
			this.users = this.users + 1;
			return this;
		}

		private Used end() {
			this.users = this.users - 1;
			this.usedAt = System.nanoTime();
			return this;
		}

		private boolean idle(long now, long nanos) {
			return this.users == 0 && now - this.usedAt >= nanos && this.lane.isIdle();
		}

	}

}
