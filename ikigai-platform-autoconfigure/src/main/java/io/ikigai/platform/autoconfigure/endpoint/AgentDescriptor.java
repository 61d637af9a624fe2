package io.ikigai.platform.autoconfigure.endpoint;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

import io.ikigai.platform.agent.AgentInfo;
import io.ikigai.platform.agent.AgentInstance;
import io.ikigai.platform.agent.AgentStatus;

/**
 * An agent as the endpoint shows it.
 *
 * @param name the agent's name
 * @param version the version of the instance that started last
 * @param status {@code running}, {@code stopped} or {@code failed}
 * @param deployedAt when the instance that started last did so
 * @param lastHeartbeat the latest sign of life of any instance
 * @param server the host of the instance that started last
 * @param instances its instances, the newest first
 */
public record AgentDescriptor(String name, String version, String status, Instant deployedAt, Instant lastHeartbeat,
		String server, List<InstanceDescriptor> instances) {

	static AgentDescriptor of(AgentInfo agent) {
		return new AgentDescriptor(agent.name(), agent.version(), word(agent.status()), agent.deployedAt(),
				agent.lastHeartbeat(), agent.server(), agent.instances().stream().map(InstanceDescriptor::of).toList());
	}

	private static String word(AgentStatus status) {
		return status.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * One process of an agent.
	 *
	 * @param id the instance's id
	 * @param server its host
	 * @param status {@code running}, {@code stopped} or {@code failed}
	 * @param lastHeartbeat its last sign of life
	 */
	public record InstanceDescriptor(String id, String server, String status, Instant lastHeartbeat) {

		static InstanceDescriptor of(AgentInstance instance) {
			return new InstanceDescriptor(instance.id(), instance.server(), word(instance.status()),
					instance.lastHeartbeat());
		}

	}

}
