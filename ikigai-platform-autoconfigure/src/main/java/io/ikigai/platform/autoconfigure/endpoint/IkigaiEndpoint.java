package io.ikigai.platform.autoconfigure.endpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.Guarantees;
import io.ikigai.platform.UnsupportedByBackendException;
import io.ikigai.platform.agent.AgentRegistry;
import io.ikigai.platform.listener.ListenerContainer;
import io.ikigai.platform.listener.ListenerRegistry;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.telemetry.Telemetry;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * What the platform does at the moment: which backend serves which service and what holds
 * there within transactions, the listeners of this process, the agents, and the depth of
 * the queues. Payloads are not shown. Operations that change something are off until
 * {@code management.endpoint.ikigai.access=unrestricted}.
 */
@Endpoint(id = "ikigai", defaultAccess = Access.READ_ONLY)
public class IkigaiEndpoint {

	private final List<BackendStatus> backends;

	private final Guarantees guarantees;

	private final @Nullable ListenerRegistry listeners;

	private final AgentRegistry agents;

	private final TaskInspection tasks;

	private final QueueRates rates;

	/**
	 * Creates the endpoint.
	 * @param backends the backends
	 * @param guarantees what holds within transactions
	 * @param listeners the listeners, if the application may have any
	 * @param agents the registry
	 * @param tasks the queues
	 * @param telemetry what listeners tell of their work
	 */
	public IkigaiEndpoint(List<BackendStatus> backends, Guarantees guarantees, @Nullable ListenerRegistry listeners,
			AgentRegistry agents, TaskInspection tasks, Telemetry telemetry) {
		this.backends = List.copyOf(backends);
		this.guarantees = guarantees;
		this.listeners = listeners;
		this.agents = agents;
		this.tasks = tasks;
		this.rates = new QueueRates(telemetry);
	}

	/**
	 * Looks at the platform now.
	 * @return what was found
	 */
	@ReadOperation
	public PlatformDescriptor platform() {
		Map<String, String> services = new TreeMap<>();
		this.backends
			.forEach((backend) -> backend.services().forEach((service) -> services.put(service, backend.backend())));
		Map<String, QueueDescriptor> queues = new TreeMap<>();
		Map<String, Long> completed = this.rates.lastMinute("task_completed");
		Map<String, Long> failed = this.rates.lastMinute("task_failed");
		this.tasks.stats()
			.forEach((name, stats) -> queues.put(name, QueueDescriptor.of(stats, this.tasks.paused(name),
					completed.getOrDefault(name, 0L), failed.getOrDefault(name, 0L))));
		return new PlatformDescriptor(
				services, guarantees(), (this.listeners != null)
						? this.listeners.containers().stream().map(ListenerDescriptor::of).toList() : List.of(),
				this.agents.list().stream().map(AgentDescriptor::of).toList(), queues);
	}

	private Map<String, Map<String, String>> guarantees() {
		Map<String, Map<String, String>> shown = new LinkedHashMap<>();
		this.guarantees.services().forEach((service, verbs) -> {
			Map<String, String> words = new LinkedHashMap<>();
			verbs.forEach((verb, guarantee) -> words.put(verb, guarantee.name().toLowerCase(Locale.ROOT)));
			shown.put(service, words);
		});
		return shown;
	}

	/**
	 * Changes something.
	 * @param operation what to do
	 * @param queue the queue, for all that is not about a listener
	 * @param task the task, for {@code cancel}, and for {@code redrive} of one task only
	 * @param listener the listener's id, for {@code start} and {@code stop}, and for
	 * {@code pause} and {@code resume} of a listener
	 * @return what was done
	 * @throws InvalidEndpointRequestException if something is missing or unknown
	 */
	@WriteOperation
	public ChangeDescriptor change(@Selector Operation operation, @Nullable String queue, @Nullable UUID task,
			@Nullable String listener) {
		try {
			return new ChangeDescriptor(operation.name().toLowerCase(Locale.ROOT), switch (operation) {
				case PAUSE -> (listener == null) ? pause(required("queue", queue), true) : pause(container(listener));
				case RESUME ->
					(listener == null) ? pause(required("queue", queue), false) : resume(container(listener));
				case REDRIVE -> (task == null) ? this.tasks.redriveFailed(required("queue", queue))
						: count(this.tasks.redrive(required("queue", queue), task));
				case CANCEL -> count(this.tasks.cancel(required("queue", queue), required("task", task)));
				case START -> start(container(required("listener", listener)));
				case STOP -> stop(container(required("listener", listener)));
			});
		}
		catch (UnsupportedOperationException ex) {
			throw new InvalidEndpointRequestException(String.valueOf(ex.getMessage()), String.valueOf(ex.getMessage()),
					ex);
		}
	}

	private static <T> T required(String name, @Nullable T value) {
		if (value == null || value.toString().isEmpty()) {
			throw invalid("'" + name + "' is missing");
		}
		return value;
	}

	private static InvalidEndpointRequestException invalid(String reason) {
		return new InvalidEndpointRequestException(reason, reason);
	}

	private static long count(boolean changed) {
		return changed ? 1 : 0;
	}

	private long pause(String queue, boolean paused) {
		if (this.tasks.paused(queue) == paused) {
			return 0;
		}
		this.tasks.pause(queue, paused);
		return 1;
	}

	private ListenerContainer container(String id) {
		if (this.listeners == null) {
			throw invalid("There is no listener '" + id + "'");
		}
		return this.listeners.find(id).orElseThrow(() -> invalid("There is no listener '" + id + "' in this process"));
	}

	private static long pause(ListenerContainer container) {
		boolean paused = container.isPaused();
		container.pause();
		return count(!paused);
	}

	private static long resume(ListenerContainer container) {
		boolean paused = container.isPaused();
		container.resume();
		return count(paused);
	}

	private static long start(ListenerContainer container) {
		if (container.isRunning()) {
			return 0;
		}
		container.start();
		return 1;
	}

	private static long stop(ListenerContainer container) {
		if (!container.isRunning()) {
			return 0;
		}
		container.stop();
		return 1;
	}

	/**
	 * What can be done.
	 */
	public enum Operation {

		/**
		 * No process claims from the queue any more; or a listener of this process takes
		 * nothing for now.
		 */
		PAUSE,

		/** The queue, or the listener, goes on. */
		RESUME,

		/** Failed tasks go back to the queue: one, or all. */
		REDRIVE,

		/** A task that is not finished is cancelled. */
		CANCEL,

		/** A listener of this process takes work again. */
		START,

		/** A listener of this process takes no more work; what it has is finished. */
		STOP

	}

}
