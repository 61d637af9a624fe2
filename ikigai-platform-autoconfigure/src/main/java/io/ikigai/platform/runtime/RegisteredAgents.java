package io.ikigai.platform.runtime;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import io.ikigai.platform.agent.AgentInfo;
import io.ikigai.platform.agent.AgentRegistry;
import io.ikigai.platform.agent.AgentStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.SmartLifecycle;

/**
 * The registry, and this application's own entry in it: registered before listeners
 * start, marked as stopped after they have stopped.
 */
public final class RegisteredAgents implements AgentRegistry, SmartLifecycle {

	private static final Log logger = LogFactory.getLog(RegisteredAgents.class);

	/** Before the listener containers of the Spring family, which start last. */
	private static final int PHASE = Integer.MAX_VALUE - 1000;

	private final AgentStore store;

	private final String name;

	private final String version;

	private final String server;

	private final Supplier<String> manifest;

	private volatile boolean running;

	/**
	 * Creates the registry.
	 * @param store where entries are kept
	 * @param name this agent's name
	 * @param version its version
	 * @param server the host
	 * @param manifest what it works on, as JSON; asked at start
	 */
	public RegisteredAgents(AgentStore store, String name, String version, String server, Supplier<String> manifest) {
		this.store = store;
		this.name = Names.check("agent", name);
		this.version = version;
		this.server = server;
		this.manifest = manifest;
	}

	@Override
	public AgentInfo self() {
		return find(this.name).orElseThrow(() -> new IllegalStateException(
				"Agent '" + this.name + "' is not registered: the application has not started"));
	}

	@Override
	public List<AgentInfo> list() {
		return this.store.list();
	}

	@Override
	public Optional<AgentInfo> find(String name) {
		return this.store.find(name);
	}

	@Override
	public void start() {
		this.store.register(this.name, this.version, this.manifest.get(), this.server);
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		try {
			this.store.deregister();
		}
		catch (RuntimeException ex) {
			logger.warn("Could not mark agent '" + this.name + "' as stopped; it will be shown as failed", ex);
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
