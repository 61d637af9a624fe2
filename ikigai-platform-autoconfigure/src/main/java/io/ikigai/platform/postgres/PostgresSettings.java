package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.Set;

/**
 * What the PostgreSQL backend is told by the configuration.
 *
 * @param schema the schema of the platform's tables
 * @param migrate whether to create and change them at start
 * @param agentName the agent's name, written wherever this process leaves a trace
 * @param heartbeat how often this process tells that it lives
 * @param maxAttempts the attempts shown for tasks that set no limit themselves
 * @param maxWorkerDeaths after how many deaths of its worker a task is given up
 * @param completedRetention how long completed and cancelled tasks are kept
 * @param failedRetention how long failed tasks are kept
 * @param telemetryRetention how long events are kept
 * @param messageRetention how long read messages are kept
 * @param topicRetention how long topic messages are kept
 * @param statementTimeout how long a short statement of the platform may take
 * @param maxPayloadBytes the largest payload that the platform writes
 * @param services the services that run on it
 */
public record PostgresSettings(String schema, boolean migrate, String agentName, Duration heartbeat, int maxAttempts,
		int maxWorkerDeaths, Duration completedRetention, Duration failedRetention, Duration telemetryRetention,
		Duration messageRetention, Duration topicRetention, Duration statementTimeout, long maxPayloadBytes,
		Set<String> services) {

	/**
	 * Copies the set.
	 */
	public PostgresSettings {
		services = Set.copyOf(services);
	}

}
