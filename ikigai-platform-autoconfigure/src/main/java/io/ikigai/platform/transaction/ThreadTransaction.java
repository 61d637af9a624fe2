package io.ikigai.platform.transaction;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What is known of one transaction. What follows its end is registered here: Spring's
 * synchronizations may be those of another database's transaction, which has begun within
 * this one. Used by its thread only.
 */
final class ThreadTransaction implements TransactionSynchronization {

	private static final Log logger = LogFactory.getLog(ThreadTransaction.class);

	private final @Nullable PlatformTransactionManager manager;

	/** Weak, for it refers to the connection holder, which is the key of this. */
	private final @Nullable WeakReference<TransactionExecution> execution;

	private final boolean tellsItsEnd;

	private final Map<Object, Object> parts = new HashMap<>();

	private final List<TransactionSynchronization> followers = new ArrayList<>();

	private boolean ended;

	private ThreadTransaction(@Nullable PlatformTransactionManager manager, @Nullable TransactionExecution execution,
			boolean tellsItsEnd) {
		this.manager = manager;
		this.execution = (execution != null) ? new WeakReference<>(execution) : null;
		this.tellsItsEnd = tellsItsEnd;
	}

	/**
	 * Begins to follow the transaction whose synchronizations are the thread's now.
	 * @param manager what began it, or {@code null} if that is not known
	 * @param execution the transaction, or {@code null} if that is not known
	 */
	static ThreadTransaction follow(@Nullable PlatformTransactionManager manager,
			@Nullable TransactionExecution execution) {
		boolean synchronizes = TransactionSynchronizationManager.isSynchronizationActive();
		ThreadTransaction transaction = new ThreadTransaction(manager, execution, synchronizes);
		if (synchronizes) {
			TransactionSynchronizationManager.registerSynchronization(transaction);
		}
		return transaction;
	}

	@Nullable PlatformTransactionManager manager() {
		return this.manager;
	}

	boolean isOf(TransactionExecution execution) {
		return this.execution != null && this.execution.get() == execution;
	}

	/**
	 * Tells whether it takes work.
	 */
	boolean running() {
		return !this.ended;
	}

	/**
	 * Tells whether callbacks will learn of its end. Not so for a manager without
	 * synchronization.
	 */
	boolean tellsItsEnd() {
		return this.tellsItsEnd;
	}

	void end() {
		this.ended = true;
	}

	void register(TransactionSynchronization follower) {
		this.followers.add(follower);
	}

	@SuppressWarnings("unchecked")
	<T> T part(Object key, Supplier<T> first) {
		return (T) this.parts.computeIfAbsent(key, (absent) -> first.get());
	}

	/**
	 * Returns the highest precedence: what the application's own callbacks send comes
	 * after what the transaction has sent.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void savepoint(Object savepoint) {
		this.followers.forEach((follower) -> follower.savepoint(savepoint));
	}

	@Override
	public void savepointRollback(Object savepoint) {
		this.followers.forEach((follower) -> follower.savepointRollback(savepoint));
	}

	@Override
	public void afterCommit() {
		this.ended = true;
		this.followers.forEach(TransactionSynchronization::afterCommit);
	}

	@Override
	public void afterCompletion(int status) {
		this.ended = true;
		for (TransactionSynchronization follower : this.followers) {
			try {
				follower.afterCompletion(status);
			}
			catch (RuntimeException | Error ex) {
				// As Spring does, so that the other callbacks run
				logger.error("What follows a transaction failed", ex);
			}
		}
	}

}
