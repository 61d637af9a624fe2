package io.ikigai.platform.queue;

import java.time.Instant;

/**
 * How far a task has come, as its handler last told through {@link Task#progress}.
 *
 * @param fraction from 0 to 1
 * @param note what is being done
 * @param reportedAt when it was told
 */
public record TaskProgress(double fraction, String note, Instant reportedAt) {
}
