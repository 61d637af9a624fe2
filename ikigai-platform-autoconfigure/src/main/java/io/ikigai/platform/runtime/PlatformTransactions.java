package io.ikigai.platform.runtime;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Spring's transactions as the platform uses them. Safe for use by several threads.
 */
public final class PlatformTransactions {

	private final PlatformTransactionManager manager;

	private final TransactionTemplate template;

	private final DataSource dataSource;

	/**
	 * Creates the transactions.
	 * @param manager the manager of the platform's database
	 * @param dataSource the platform's database
	 */
	public PlatformTransactions(PlatformTransactionManager manager, DataSource dataSource) {
		this.manager = manager;
		this.template = new TransactionTemplate(manager);
		this.dataSource = dataSource;
	}

	/**
	 * Tells whether a transaction of the platform's database is running. One of another
	 * database does not count: what is written here would not belong to it.
	 */
	boolean active() {
		if (!TransactionSynchronizationManager.isActualTransactionActive() || !(TransactionSynchronizationManager
			.getResource(this.dataSource) instanceof ConnectionHolder holder)) {
			return false;
		}
		try {
			// What only uses the connection while another database's transaction runs has
			// auto-commit on. The holder's own mark does not tell: JPA does not set it.
			return !holder.getConnection().getAutoCommit();
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Could not ask the running transaction's connection for its state", ex);
		}
	}

	<T extends @Nullable Object> T run(Supplier<T> work) {
		return this.template.execute((status) -> work.get());
	}

	/**
	 * Marks the running transaction for rollback, by joining and failing it: what works
	 * with every transaction manager.
	 */
	void markForRollback() {
		if (active()) {
			TransactionStatus joined = this.manager.getTransaction(null);
			this.manager.rollback(joined);
		}
	}

	/**
	 * Has something told how what was just written ended: with the running transaction,
	 * or before it by a rollback to an earlier savepoint.
	 * @param committed is told whether it was committed
	 */
	void whenEnded(Consumer<Boolean> committed) {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			private final Set<Object> laterSavepoints = new HashSet<>();

			private boolean undone;

			@Override
			public void savepoint(Object savepoint) {
				this.laterSavepoints.add(savepoint);
			}

			@Override
			public void savepointRollback(Object savepoint) {
				if (!this.undone && !this.laterSavepoints.contains(savepoint)) {
					this.undone = true;
					committed.accept(false);
				}
			}

			@Override
			public void afterCompletion(int status) {
				if (!this.undone) {
					committed.accept(status == STATUS_COMMITTED);
				}
			}
		});
	}

}
