package io.ikigai.platform.queue;

/**
 * A task on its way into a {@link TaskStore}, already checked.
 *
 * @param json the payload
 * @param options how it is to be handled
 */
public record NewTask(String json, TaskOptions options) {
}
