package io.ikigai.platform.listener;

import java.util.List;

import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.ListenedTaskQueue;

/**
 * Tasks that each worker claims in its own transaction: {@link ClaimMode#TRANSACTION}.
 */
final class TransactionSource implements ListenerSource {

	private final ListenedTaskQueue queue;

	private final TaskEndpoint endpoint;

	private final Handling handling;

	private final UndoneClaims undone = new UndoneClaims();

	TransactionSource(ListenedTaskQueue queue, TaskEndpoint endpoint, Handling handling) {
		this.queue = queue;
		this.endpoint = endpoint;
		this.handling = handling;
	}

	@Override
	public Taken take(int workers, ListenerRun run) {
		// One looks; it wakes the run when it finds something, and so the next one looks
		return new Taken(List.of(new TransactionWork(this.endpoint, this.handling, this.queue, this.undone, run)),
				false);
	}

	@Override
	public boolean mayTakeAhead() {
		return false;
	}

	@Override
	public AutoCloseable onReady(Runnable wake) {
		return this.queue.onReady(wake);
	}

}
