package io.ikigai.platform.listener;

import java.time.Duration;

import io.ikigai.platform.RetryPolicy;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.TaskErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * A listener of a queue as it was declared, resolved and checked.
 *
 * @param listener what every listener has
 * @param claimMode how tasks are claimed
 * @param lease how long a claim lasts without an extension
 * @param timeout after how long a call is interrupted, if at all
 * @param batch how many tasks a call gets at most; 0 for one that is not in a list
 * @param retry what happens after a failed attempt
 * @param errorHandler asked when the handler throws
 */
record TaskEndpoint(ListenerEndpoint listener, ClaimMode claimMode, Duration lease, @Nullable Duration timeout,
		int batch, RetryPolicy retry, @Nullable TaskErrorHandler errorHandler) {

	String id() {
		return this.listener.id();
	}

	boolean batched() {
		return this.batch > 0;
	}

	int tasksPerCall() {
		return Math.max(1, this.batch);
	}

}
