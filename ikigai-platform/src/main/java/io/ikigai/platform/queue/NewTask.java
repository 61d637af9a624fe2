package io.ikigai.platform.queue;

import java.util.UUID;

/**
 * A task on its way into a {@link TaskStore}, already checked.
 *
 * @param id its id, ordered by time
 * @param json the payload
 * @param options how it is to be handled
 */
public record NewTask(UUID id, String json, TaskOptions options) {
}
