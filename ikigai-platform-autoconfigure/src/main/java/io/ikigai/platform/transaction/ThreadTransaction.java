package io.ikigai.platform.transaction;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What is known of one transaction. Used by its thread only.
 */
final class ThreadTransaction {

	private final @Nullable PlatformTransactionManager manager;

	/** Weak, for it refers to the connection holder, which is the key of this. */
	private final @Nullable WeakReference<TransactionExecution> execution;

	private final boolean synchronizes;

	private final Map<Object, Object> parts = new HashMap<>();

	private boolean ended;

	/**
	 * Creates it for a transaction that has just begun.
	 * @param manager what began it, or {@code null} if that is not known
	 * @param execution the transaction, or {@code null} if that is not known
	 */
	ThreadTransaction(@Nullable PlatformTransactionManager manager, @Nullable TransactionExecution execution) {
		this.manager = manager;
		this.execution = (execution != null) ? new WeakReference<>(execution) : null;
		this.synchronizes = TransactionSynchronizationManager.isSynchronizationActive();
	}

	@Nullable PlatformTransactionManager manager() {
		return this.manager;
	}

	boolean isOf(TransactionExecution execution) {
		return this.execution != null && this.execution.get() == execution;
	}

	/**
	 * Tells whether it takes work. Its synchronization is cleared before
	 * {@code afterCompletion} is called.
	 */
	boolean running() {
		return !this.ended && (!this.synchronizes || TransactionSynchronizationManager.isSynchronizationActive());
	}

	void end() {
		this.ended = true;
	}

	@SuppressWarnings("unchecked")
	<T> T part(Object key, Supplier<T> first) {
		return (T) this.parts.computeIfAbsent(key, (absent) -> first.get());
	}

}
