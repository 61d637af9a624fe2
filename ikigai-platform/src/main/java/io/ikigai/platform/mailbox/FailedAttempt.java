package io.ikigai.platform.mailbox;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * An attempt at a message that came to nothing.
 *
 * @param error why, or {@code null} if nobody says
 * @param maxAttempts after how many of them the message is given up
 * @param pause how long neither it nor a later message is handed out
 * @param laterSeen whether the program has seen the messages that were handed out after
 * it, so that this was an attempt at them too
 */
public record FailedAttempt(@Nullable String error, int maxAttempts, Duration pause, boolean laterSeen) {
}
