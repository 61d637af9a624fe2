package io.ikigai.platform.rabbitmq;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The lanes of this process, and a timer that looks after them. Safe for use by several
 * threads.
 */
final class QueueLanes implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(QueueLanes.class);

	private static final long TEND_MILLIS = 200;

	private static final long RESTORE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final BrokerConnections connections;

	private final QueueTopology topology;

	private final QueuePauses pauses;

	private final Consumer<Arrived> giveBack;

	private final Map<String, QueueLane> lanes = new ConcurrentHashMap<>();

	private final Set<String> stopped = ConcurrentHashMap.newKeySet();

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "ikigai-rabbitmq-queues");
		thread.setDaemon(true);
		return thread;
	});

	private volatile boolean interrupted;

	private long restoredAt = System.nanoTime();

	QueueLanes(BrokerConnections connections, QueueTopology topology, QueuePauses pauses, Consumer<Arrived> giveBack) {
		this.connections = connections;
		this.topology = topology;
		this.pauses = pauses;
		this.giveBack = giveBack;
		this.timer.scheduleWithFixedDelay(this::tend, TEND_MILLIS, TEND_MILLIS, TimeUnit.MILLISECONDS);
	}

	QueueLane of(String queue) {
		return this.lanes.computeIfAbsent(queue,
				(name) -> new QueueLane(name, this.connections, this.topology, this.giveBack));
	}

	/**
	 * Tells whether tasks may be taken from a queue now, and has its lane stand still if
	 * not.
	 */
	boolean open(String queue) {
		if (!this.pauses.paused(queue)) {
			return true;
		}
		if (this.stopped.add(queue)) {
			of(queue).rest();
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
				of(queue).changed();
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
			for (QueueLane lane : this.lanes.values()) {
				if (!lane.tend()) {
					broken = true;
					if (restoring) {
						lane.restore();
					}
				}
			}
			this.restoredAt = restoring ? System.nanoTime() : this.restoredAt;
			this.interrupted = broken && !restoring;
		}
		catch (RuntimeException ex) {
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
		this.lanes.values().forEach(QueueLane::close);
	}

}
