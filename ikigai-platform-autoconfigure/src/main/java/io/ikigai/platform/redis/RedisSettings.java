package io.ikigai.platform.redis;

import java.time.Duration;
import java.util.Set;

/**
 * What the Redis backend is told by the configuration.
 *
 * @param services the services that run on it
 * @param agentName the agent's name, written where this process claims
 * @param maxAttempts the attempts shown for tasks that set no limit themselves
 * @param maxWorkerDeaths after how many deaths of its worker a task is given up
 * @param completedRetention how long completed and cancelled tasks are kept
 * @param failedRetention how long failed tasks are kept
 */
public record RedisSettings(Set<String> services, String agentName, int maxAttempts, int maxWorkerDeaths,
		Duration completedRetention, Duration failedRetention) {

	/**
	 * Copies the set.
	 */
	public RedisSettings {
		services = Set.copyOf(services);
	}

}
