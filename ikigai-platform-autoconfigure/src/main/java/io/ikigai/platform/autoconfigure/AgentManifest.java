package io.ikigai.platform.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.ikigai.platform.listener.ListenerContainer;
import io.ikigai.platform.listener.ListenerRegistry;
import tools.jackson.databind.json.JsonMapper;

/**
 * What this agent works on, as the registry tells others: its queues, mailboxes and
 * listeners.
 */
final class AgentManifest implements Supplier<String> {

	private final ListenerRegistry listeners;

	private final JsonMapper json;

	AgentManifest(ListenerRegistry listeners, JsonMapper json) {
		this.listeners = listeners;
		this.json = json;
	}

	@Override
	public String get() {
		Map<String, Object> manifest = new LinkedHashMap<>();
		manifest.put("queues",
				this.listeners.containers().stream().map(ListenerContainer::queue).distinct().sorted().toList());
		manifest.put("mailboxes", List.of());
		manifest.put("listeners", this.listeners.containers().stream().map(AgentManifest::listener).toList());
		return this.json.writeValueAsString(manifest);
	}

	private static Map<String, Object> listener(ListenerContainer container) {
		Map<String, Object> listener = new LinkedHashMap<>();
		listener.put("id", container.id());
		listener.put("queue", container.queue());
		listener.put("concurrency", container.concurrency().toString());
		listener.put("claim", container.claimMode().name());
		return listener;
	}

}
