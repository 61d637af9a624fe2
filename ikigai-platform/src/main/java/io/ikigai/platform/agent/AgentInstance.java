package io.ikigai.platform.agent;

import java.time.Instant;

/**
 * One process of an agent.
 *
 * @param id the instance's id, new with every start
 * @param server the host it runs on
 * @param status whether it is at work
 * @param lastHeartbeat its last sign of life, by the database's clock
 */
public record AgentInstance(String id, String server, AgentStatus status, Instant lastHeartbeat) {
}
