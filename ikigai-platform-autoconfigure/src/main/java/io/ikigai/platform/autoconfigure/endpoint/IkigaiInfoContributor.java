package io.ikigai.platform.autoconfigure.endpoint;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.agent.AgentInfo;
import io.ikigai.platform.agent.AgentRegistry;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/**
 * Tells at {@code /actuator/info} which agent this is, and which backend serves which
 * service.
 */
class IkigaiInfoContributor implements InfoContributor {

	private final AgentRegistry agents;

	private final Map<String, String> services = new TreeMap<>();

	IkigaiInfoContributor(AgentRegistry agents, List<BackendStatus> backends) {
		this.agents = agents;
		backends.forEach(
				(backend) -> backend.services().forEach((service) -> this.services.put(service, backend.backend())));
	}

	@Override
	public void contribute(Info.Builder builder) {
		AgentInfo self = this.agents.self();
		Map<String, Object> shown = new TreeMap<>();
		shown.put("agent", Map.of("name", self.name(), "version", self.version()));
		shown.put("services", this.services);
		builder.withDetail("ikigai", shown);
	}

}
