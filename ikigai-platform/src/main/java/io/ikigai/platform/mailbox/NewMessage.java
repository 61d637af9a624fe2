package io.ikigai.platform.mailbox;

/**
 * A message that is to be stored.
 *
 * @param json the payload, checked
 * @param options what travels with it
 */
public record NewMessage(String json, MessageOptions options) {
}
