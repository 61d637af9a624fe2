package io.ikigai.platform.agent;

import java.time.Instant;
import java.util.List;

/**
 * An agent as the registry knows it.
 *
 * @param name the agent's name
 * @param version the version of the instance that started last
 * @param manifest what it works on (queues, mailboxes, listeners), as JSON
 * @param deployedAt when the instance that started last did so
 * @param status {@link AgentStatus#RUNNING} while at least one instance is
 * @param lastHeartbeat the latest sign of life of any instance
 * @param server the host of the instance that started last
 * @param instances its instances, the newest first
 */
public record AgentInfo(String name, String version, String manifest, Instant deployedAt, AgentStatus status,
		Instant lastHeartbeat, String server, List<AgentInstance> instances) {

	/**
	 * Copies the instances.
	 * @param name the agent's name
	 * @param version the version of the instance that started last
	 * @param manifest what it works on (queues, mailboxes, listeners), as JSON
	 * @param deployedAt when the instance that started last did so
	 * @param status {@link AgentStatus#RUNNING} while at least one instance is
	 * @param lastHeartbeat the latest sign of life of any instance
	 * @param server the host of the instance that started last
	 * @param instances its instances, the newest first
	 */
	public AgentInfo {
		instances = List.copyOf(instances);
	}

}
