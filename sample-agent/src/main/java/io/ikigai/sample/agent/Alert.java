package io.ikigai.sample.agent;

import java.net.URI;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Tells who is on duty that a site went down or came back.
 *
 * @param url the address
 * @param state {@code up} or {@code down}
 * @param reason why it counts as down
 * @param since when that was found
 */
record Alert(URI url, String state, @Nullable String reason, Instant since) {
}
