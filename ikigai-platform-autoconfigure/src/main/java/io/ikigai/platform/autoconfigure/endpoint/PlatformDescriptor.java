package io.ikigai.platform.autoconfigure.endpoint;

import java.util.List;
import java.util.Map;

/**
 * The platform as the endpoint shows it.
 *
 * @param services each service's backend
 * @param agents the agents by name
 * @param queues the queues that hold tasks, by name
 */
public record PlatformDescriptor(Map<String, String> services, List<AgentDescriptor> agents,
		Map<String, QueueDescriptor> queues) {
}
