package io.ikigai.platform.autoconfigure.endpoint;

import java.util.List;
import java.util.Map;

/**
 * The platform as the endpoint shows it.
 *
 * @param services each service's backend
 * @param guarantees what holds within transactions, by service and verb: {@code atomic},
 * {@code outbox} or {@code best_effort}
 * @param listeners the listeners of this process
 * @param agents the agents by name
 * @param queues the queues that hold tasks, by name
 */
public record PlatformDescriptor(Map<String, String> services, Map<String, Map<String, String>> guarantees,
		List<ListenerDescriptor> listeners, List<AgentDescriptor> agents, Map<String, QueueDescriptor> queues) {
}
