package io.ikigai.benchmarks.worker;

import java.time.Duration;

/**
 * A task queue that takes part: ours, or a peer. A handler calls
 * {@link HandlerCount#handled(long)} and nothing else, unless its {@link Consumption}
 * says more.
 */
interface QueueWorker extends AutoCloseable {

	/**
	 * Enqueues one task, durable on return. Called by several threads at once.
	 */
	void enqueue(Consumption queue, Payload payload) throws Exception;

	/**
	 * Enqueues many tasks in the contestant's way for many.
	 */
	void enqueueInBulk(Consumption queue, int tasks) throws Exception;

	/**
	 * Begins to handle the tasks of a queue; returns when handlers may be called.
	 */
	void consume(Consumption queue) throws Exception;

	/**
	 * Ends to handle tasks; returns when no handler runs.
	 */
	void stop() throws Exception;

	/**
	 * Enqueues in batches and handles at the same time.
	 * @return tasks handled per second
	 */
	default double produceAndConsume(Duration duration, HandlerCount count) throws Exception {
		return Together.run(this, duration, count);
	}

	@Override
	void close() throws Exception;

}
