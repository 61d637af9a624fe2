package io.ikigai.platform.autoconfigure.endpoint;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.agent.AgentRegistry;
import io.ikigai.platform.queue.TaskInspection;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * What the platform does at the moment: which backend serves which service, the agents,
 * and the depth of the queues. Payloads are not shown.
 */
@Endpoint(id = "ikigai")
public class IkigaiEndpoint {

	private final List<BackendStatus> backends;

	private final AgentRegistry agents;

	private final TaskInspection tasks;

	/**
	 * Creates the endpoint.
	 * @param backends the backends
	 * @param agents the registry
	 * @param tasks the queues
	 */
	public IkigaiEndpoint(List<BackendStatus> backends, AgentRegistry agents, TaskInspection tasks) {
		this.backends = List.copyOf(backends);
		this.agents = agents;
		this.tasks = tasks;
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
		this.tasks.stats().forEach((name, stats) -> queues.put(name, QueueDescriptor.of(stats)));
		return new PlatformDescriptor(services, this.agents.list().stream().map(AgentDescriptor::of).toList(), queues);
	}

}
