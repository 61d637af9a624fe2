package io.ikigai.platform.agent;

/**
 * Whether an agent, or one instance of it, is at work. In the table
 * {@code agent_registry} the names are in lower case.
 */
public enum AgentStatus {

	/** At work: its heartbeat arrives. */
	RUNNING,

	/** Shut down in order. */
	STOPPED,

	/** Its heartbeat ended without a shutdown. */
	FAILED

}
