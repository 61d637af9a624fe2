package io.ikigai.platform.agent;

import java.util.List;
import java.util.Optional;

/**
 * Where the registry keeps its entries: the SPI behind {@link AgentRegistry}. It lives on
 * PostgreSQL whatever the other services use. Heartbeats are the store's own business
 * from {@link #register} to {@link #deregister}.
 */
public interface AgentStore {

	/**
	 * Enters this process as a running instance of its agent and begins its heartbeat.
	 * @param name the agent's name
	 * @param version its version
	 * @param manifest what it works on, as JSON
	 * @param server the host
	 */
	void register(String name, String version, String manifest, String server);

	/**
	 * Ends the heartbeat and marks this instance as stopped.
	 */
	void deregister();

	/**
	 * Returns all agents.
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
