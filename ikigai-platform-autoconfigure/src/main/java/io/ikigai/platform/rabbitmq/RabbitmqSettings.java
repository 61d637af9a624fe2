package io.ikigai.platform.rabbitmq;

import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the RabbitMQ backend is told by the configuration.
 *
 * @param services the services that run on it
 * @param agentName the agent's name, told with each claim
 * @param maxWorkerDeaths after how many deaths of its worker a task is given up
 * @param failedRetention how long failed tasks are kept
 * @param quorum whether the broker's queues are quorum queues, else classic ones
 * @param tracked tells whether the tasks of the queue of that name are tracked
 */
public record RabbitmqSettings(Set<String> services, String agentName, int maxWorkerDeaths, Duration failedRetention,
		boolean quorum, Predicate<String> tracked) {

	/**
	 * Copies the set.
	 */
	public RabbitmqSettings {
		services = Set.copyOf(services);
	}

}
