package io.ikigai.platform.listener;

import java.util.List;

import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.ListenedTaskQueue;

/**
 * Tasks that each worker claims in its own transaction: {@link ClaimMode#TRANSACTION}.
 */
final class TransactionSource implements ListenerSource {

	private final ListenedTaskQueue queue;

	private final TaskWork work;

	private final UndoneClaims undone = new UndoneClaims();

	TransactionSource(ListenedTaskQueue queue, TaskWork work) {
		this.queue = queue;
		this.work = work;
	}

	@Override
	public Taken take(int workers, ListenerRun run) {
		// One looks; it wakes the run when it finds something, and so the next one looks
		return new Taken(List.of(new TransactionWork(this.work, this.queue, this.undone, run)), false);
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
