package io.ikigai.platform.telemetry;

import java.time.Instant;
import java.util.UUID;

/**
 * An event that an agent emitted.
 *
 * @param id the event's id
 * @param agent the agent's name
 * @param type the type of the event
 * @param json the payload
 * @param createdAt when it was emitted
 */
public record TelemetryEvent(UUID id, String agent, String type, String json, Instant createdAt) {
}
