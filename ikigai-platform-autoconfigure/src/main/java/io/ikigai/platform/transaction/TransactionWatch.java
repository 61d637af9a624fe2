package io.ikigai.platform.transaction;

import java.util.Map;
import java.util.WeakHashMap;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Watches the transactions of one DataSource. Spring's own state doesn't say whether a
 * transaction has ended: {@code afterCommit} is called with everything as it was, and
 * {@code afterCompletion} with the synchronization cleared and the connection still
 * bound. So the transaction managers tell, by a {@link TransactionExecutionListener}:
 * {@code beforeCommit} and {@code beforeRollback} are called after all that takes part in
 * the transaction and before all that follows it. Safe for use by several threads.
 */
final class TransactionWatch {

	private static final DefaultTransactionDefinition SUPPORTS = new DefaultTransactionDefinition(
			TransactionDefinition.PROPAGATION_SUPPORTS);

	private final DataSource dataSource;

	private final DataSourceTransactionManager probe;

	private final ThreadLocal<Map<ConnectionHolder, ThreadTransaction>> known = ThreadLocal
		.withInitial(WeakHashMap::new);

	TransactionWatch(DataSource dataSource) {
		this.dataSource = dataSource;
		this.probe = new DataSourceTransactionManager(dataSource);
		this.probe.setTransactionSynchronization(AbstractPlatformTransactionManager.SYNCHRONIZATION_NEVER);
	}

	/**
	 * Returns what makes a manager tell of its transactions.
	 * @param manager the manager, of the DataSource or of another one
	 */
	TransactionExecutionListener listener(PlatformTransactionManager manager) {
		return new Listener(manager);
	}

	TransactionPhase phase() {
		ConnectionHolder holder = holder();
		boolean synchronization = TransactionSynchronizationManager.isSynchronizationActive();
		if (holder == null) {
			return synchronization ? TransactionPhase.FOREIGN : TransactionPhase.NONE;
		}
		ThreadTransaction transaction = transaction(holder);
		if (transaction != null) {
			return transaction.running() ? TransactionPhase.RUNNING : TransactionPhase.ENDED;
		}
		return synchronization ? TransactionPhase.FOREIGN : TransactionPhase.ENDED;
	}

	/**
	 * Returns the transaction whose connection is bound to the thread, ended or not.
	 */
	@Nullable ThreadTransaction current() {
		ConnectionHolder holder = holder();
		return (holder != null) ? transaction(holder) : null;
	}

	private @Nullable ConnectionHolder holder() {
		return (TransactionSynchronizationManager.getResource(this.dataSource) instanceof ConnectionHolder bound)
				? bound : null;
	}

	private @Nullable ThreadTransaction transaction(ConnectionHolder holder) {
		Map<ConnectionHolder, ThreadTransaction> all = this.known.get();
		ThreadTransaction transaction = all.get(holder);
		if (transaction == null && TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.isSynchronizationActive() && ofAnUnwatchedManager(holder)) {
			transaction = ThreadTransaction.follow(null, null);
			all.put(holder, transaction);
		}
		return transaction;
	}

	// A manager that is no bean. What DataSourceUtils binds with the transaction of
	// another database is synchronized, and in no transaction of its own; what JPA's
	// manager binds is neither.
	private boolean ofAnUnwatchedManager(ConnectionHolder holder) {
		return !holder.isSynchronizedWithTransaction() || this.probe.getTransaction(SUPPORTS).hasTransaction();
	}

	private final class Listener implements TransactionExecutionListener {

		private final PlatformTransactionManager manager;

		private final ThreadLocal<@Nullable ConnectionHolder> boundBefore = new ThreadLocal<>();

		Listener(PlatformTransactionManager manager) {
			this.manager = manager;
		}

		@Override
		public void beforeBegin(TransactionExecution execution) {
			this.boundBefore.set(holder());
		}

		@Override
		public void afterBegin(TransactionExecution execution, @Nullable Throwable failure) {
			ConnectionHolder before = this.boundBefore.get();
			this.boundBefore.remove();
			ConnectionHolder holder = holder();
			if (failure == null && execution.isNewTransaction() && holder != null && holder != before) {
				TransactionWatch.this.known.get().put(holder, ThreadTransaction.follow(this.manager, execution));
			}
		}

		@Override
		public void beforeCommit(TransactionExecution execution) {
			end(execution);
		}

		@Override
		public void beforeRollback(TransactionExecution execution) {
			end(execution);
		}

		private void end(TransactionExecution execution) {
			ConnectionHolder holder = holder();
			ThreadTransaction transaction = (holder != null) ? TransactionWatch.this.known.get().get(holder) : null;
			if (transaction != null && execution.isNewTransaction() && transaction.isOf(execution)) {
				transaction.end();
			}
		}

		@Override
		public void afterCommit(TransactionExecution execution, @Nullable Throwable failure) {
			forget(execution);
		}

		@Override
		public void afterRollback(TransactionExecution execution, @Nullable Throwable failure) {
			forget(execution);
		}

		private void forget(TransactionExecution execution) {
			if (execution.isNewTransaction()) {
				TransactionWatch.this.known.get().values().removeIf((transaction) -> transaction.isOf(execution));
			}
		}

	}

}
