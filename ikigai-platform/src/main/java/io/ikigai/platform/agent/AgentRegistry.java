package io.ikigai.platform.agent;

import java.util.List;
import java.util.Optional;

/**
 * Who is there. Every application with the platform registers itself at start under
 * {@code ikigai.agent.name} and sends heartbeats until it stops. Safe for use by several
 * threads.
 */
public interface AgentRegistry {

	/**
	 * Returns this application.
	 * @return its entry
	 */
	AgentInfo self();

	/**
	 * Returns all agents, those that stopped or failed included.
	 * @return the agents by name
	 */
	List<AgentInfo> list();

	/**
	 * Looks an agent up.
	 * @param name the agent's name
	 * @return the agent, if it ever registered
	 */
	Optional<AgentInfo> find(String name);

}
