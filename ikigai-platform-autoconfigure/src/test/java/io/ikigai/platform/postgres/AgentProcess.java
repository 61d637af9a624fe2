package io.ikigai.platform.postgres;

import java.util.Map;

import io.ikigai.platform.testing.JavaProcess;
import io.ikigai.platform.testservers.PostgresDatabase;

/**
 * An {@link AgentApplication} in a JVM of its own, which may be killed and frozen.
 */
final class AgentProcess extends JavaProcess {

	private AgentProcess(PostgresDatabase database, String name, String... properties) {
		super(AgentApplication.class, LocalAgent.arguments(database, name, properties), Map.of());
	}

	/**
	 * Starts the agent; it is there once it {@link #await(String) answers} {@code ready}.
	 */
	static AgentProcess start(PostgresDatabase database, String name, String... properties) {
		return new AgentProcess(database, name, properties);
	}

}
