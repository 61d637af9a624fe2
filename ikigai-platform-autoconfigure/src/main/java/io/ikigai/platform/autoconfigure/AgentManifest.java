package io.ikigai.platform.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.ikigai.platform.listener.ListenerContainer;
import io.ikigai.platform.listener.ListenerKind;
import io.ikigai.platform.listener.ListenerRegistry;
import io.ikigai.platform.listener.TaskListenerContainer;
import io.ikigai.platform.listener.TopicListenerContainer;
import io.ikigai.platform.runtime.OwnJson;

/**
 * What this agent works on, as the registry tells others: its queues, mailboxes and
 * listeners.
 */
final class AgentManifest implements Supplier<String> {

	private final ListenerRegistry listeners;

	AgentManifest(ListenerRegistry listeners) {
		this.listeners = listeners;
	}

	@Override
	public String get() {
		Map<String, Object> manifest = new LinkedHashMap<>();
		manifest.put("queues", destinations(ListenerKind.QUEUE));
		manifest.put("mailboxes", destinations(ListenerKind.MAILBOX));
		manifest.put("topics", topics());
		manifest.put("listeners", this.listeners.containers().stream().map(AgentManifest::listener).toList());
		return OwnJson.MAPPER.writeValueAsString(manifest);
	}

	private List<String> destinations(ListenerKind kind) {
		return this.listeners.containers()
			.stream()
			.filter((listener) -> listener.kind() == kind)
			.map(ListenerContainer::destination)
			.distinct()
			.sorted()
			.toList();
	}

	private List<String> topics() {
		return this.listeners.containers()
			.stream()
			.filter(TopicListenerContainer.class::isInstance)
			.flatMap((listener) -> ((TopicListenerContainer) listener).topics().stream())
			.distinct()
			.sorted()
			.toList();
	}

	private static Map<String, Object> listener(ListenerContainer container) {
		Map<String, Object> listener = new LinkedHashMap<>();
		listener.put("id", container.id());
		listener.put(container.kind().word(), container.destination());
		listener.put("concurrency", container.concurrency().toString());
		if (container instanceof TaskListenerContainer tasks) {
			listener.put("claim", tasks.claimMode().name());
		}
		return listener;
	}

}
