package io.ikigai.sample.webapp;

import java.util.Comparator;
import java.util.List;

import io.ikigai.platform.agent.AgentInfo;
import io.ikigai.platform.agent.AgentInstance;
import io.ikigai.platform.agent.AgentRegistry;
import io.ikigai.platform.agent.AgentStatus;

import org.springframework.stereotype.Component;

/**
 * The agents, those that run first.
 */
@Component
class AgentReader {

	static final String AREA = "agents";

	private final AgentRegistry registry;

	private final Readings readings;

	AgentReader(AgentRegistry registry, Readings readings) {
		this.registry = registry;
		this.readings = readings;
	}

	Reading.Known<Agents> all() {
		return this.readings.get("all", AREA,
				() -> new Agents(this.registry.list()
					.stream()
					.sorted(Comparator.comparing(AgentInfo::status).thenComparing(AgentInfo::name))
					.toList()));
	}

	/**
	 * All agents.
	 */
	record Agents(List<AgentInfo> list) {

		public long alive() {
			return this.list.stream().filter((agent) -> agent.status() == AgentStatus.RUNNING).count();
		}

		public long instances() {
			return this.list.stream().mapToLong(this::running).sum();
		}

		public long running(AgentInfo agent) {
			return agent.instances().stream().map(AgentInstance::status).filter(AgentStatus.RUNNING::equals).count();
		}

	}

}
