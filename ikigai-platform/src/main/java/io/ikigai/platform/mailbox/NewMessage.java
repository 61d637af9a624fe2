package io.ikigai.platform.mailbox;

import java.util.UUID;

/**
 * A message that is to be stored.
 *
 * @param id its id, ordered by time
 * @param sender the agent that sends it
 * @param json the payload, checked
 * @param options what travels with it
 */
public record NewMessage(UUID id, String sender, String json, MessageOptions options) {
}
