package io.ikigai.platform.rabbitmq;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import com.rabbitmq.client.Channel;
import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.queue.TaskStore;
import io.ikigai.platform.queue.TaskTracker;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;

/**
 * Task queues on RabbitMQ 4.0 and later. Safe for use by several threads.
 */
public final class RabbitmqBackend implements BackendStatus, AutoCloseable {

	private static final Log logger = LogFactory.getLog(RabbitmqBackend.class);

	/** How long a task may have been ready whose message is gone. */
	private static final Duration UNSENT = Duration.ofMinutes(2);

	private final ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "ikigai-rabbitmq-sweep");
		thread.setDaemon(true);
		return thread;
	});

	private final RabbitmqSettings settings;

	private final BrokerConnections connections;

	private final TaskPublisher publisher;

	private final QueueLanes lanes;

	private final HeldTasks held;

	private final RabbitmqTaskStore taskStore;

	private final RabbitmqTaskInspection taskInspection;

	private final @Nullable AutoCloseable owned;

	/**
	 * Creates the backend; nothing is connected yet.
	 * @param factory where connections come from
	 * @param settings the configuration
	 * @param tracker what is kept beside the broker
	 * @param owned what is closed with it, if anything
	 */
	public RabbitmqBackend(ConnectionFactory factory, RabbitmqSettings settings, TaskTracker tracker,
			@Nullable AutoCloseable owned) {
		this.settings = settings;
		this.owned = owned;
		this.connections = new BrokerConnections(factory);
		QueueTopology topology = new QueueTopology(settings.quorum());
		this.publisher = new TaskPublisher(this.connections, topology, settings.failedRetention());
		this.held = new HeldTasks(this.publisher, tracker, settings.maxWorkerDeaths());
		this.lanes = new QueueLanes(this.connections, topology, new QueuePauses(tracker), this.held);
		this.taskStore = new RabbitmqTaskStore(settings, tracker, this.publisher, this.lanes, this.held);
		this.taskInspection = new RabbitmqTaskInspection(settings, tracker, this.publisher, this.connections,
				this.lanes, this.held);
		this.sweeper.scheduleWithFixedDelay(this::sendAgain, UNSENT.toSeconds(), UNSENT.toSeconds(), TimeUnit.SECONDS);
	}

	private void sendAgain() {
		try {
			this.taskInspection.sendAgain(UNSENT);
		}
		catch (RuntimeException | Error ex) {
			logger.debug("Could not look for tasks without a message; trying again in a while", ex);
		}
	}

	/**
	 * Returns the task queues.
	 * @return the store
	 */
	public TaskStore taskStore() {
		return this.taskStore;
	}

	/**
	 * Returns what looks at tasks.
	 * @return the inspection
	 */
	public TaskInspection taskInspection() {
		return this.taskInspection;
	}

	@Override
	public String backend() {
		return "rabbitmq";
	}

	@Override
	public Set<String> services() {
		return this.settings.services();
	}

	@Override
	public Condition condition() {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("listening", this.lanes.inOrder());
		try {
			Channel channel = this.connections.open();
			try {
				Object version = channel.getConnection().getServerProperties().get("version");
				details.put("version", String.valueOf(version));
			}
			finally {
				BrokerConnections.close(channel);
			}
		}
		catch (AmqpException ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			details.put("error", String.valueOf(cause.getMessage()));
			return new Condition(false, false, details);
		}
		String blocked = this.connections.blocked();
		if (blocked != null) {
			details.put("error", "The broker takes no messages for now: " + blocked);
			return new Condition(false, this.lanes.inOrder(), details);
		}
		return new Condition(true, this.lanes.inOrder(), details);
	}

	@Override
	public void close() throws Exception {
		this.sweeper.shutdownNow();
		this.lanes.close();
		this.held.close();
		this.publisher.close();
		if (this.owned != null) {
			this.owned.close();
		}
	}

}
