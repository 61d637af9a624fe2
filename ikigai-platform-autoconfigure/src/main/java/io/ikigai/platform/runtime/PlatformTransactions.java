package io.ikigai.platform.runtime;

import java.util.function.Consumer;
import java.util.function.Supplier;

import io.ikigai.platform.transaction.CallerTransactions;
import io.ikigai.platform.transaction.Ending;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Spring's transactions as the platform uses them. Safe for use by several threads.
 */
public final class PlatformTransactions {

	private final CallerTransactions transactions;

	/**
	 * Creates the transactions.
	 * @param transactions those of the platform's database
	 */
	public PlatformTransactions(CallerTransactions transactions) {
		this.transactions = transactions;
	}

	/**
	 * Tells whether a transaction of the platform's database is running that takes work.
	 * One of another database does not count, nor one that has ended while its connection
	 * is still bound to the thread: what is written here would not belong to it.
	 */
	boolean active() {
		return this.transactions.running();
	}

	/**
	 * Runs work in the running transaction, else in a new one, also where another one has
	 * just ended.
	 */
	<T extends @Nullable Object> T run(Supplier<T> work) {
		return this.transactions.run(work);
	}

	/**
	 * Runs work of the stores alone in the running transaction, else in a new one, for
	 * which it needs no second connection of the pool.
	 */
	<T extends @Nullable Object> T runOfStores(Supplier<T> work) {
		return this.transactions.ofStores().execute((status) -> work.get());
	}

	/**
	 * Tells whether a transaction is running that must not write.
	 */
	boolean readOnly() {
		return TransactionSynchronizationManager.isCurrentTransactionReadOnly() && active();
	}

	/**
	 * Does work that may fail without spoiling the running transaction, if there is one:
	 * its statements are undone to a savepoint then, and the transaction can go on.
	 */
	<T> T guarded(Supplier<T> work) {
		return this.transactions.guarded(work);
	}

	/**
	 * Marks the running transaction for rollback.
	 */
	void markForRollback() {
		this.transactions.markForRollback();
	}

	/**
	 * Returns what belongs to the running transaction.
	 * @param key whose it is
	 * @param first makes it, once for each transaction
	 */
	<T> T part(Object key, Supplier<T> first) {
		return this.transactions.part(key, first);
	}

	/**
	 * Has something called as a synchronization of the running transaction is.
	 */
	void register(TransactionSynchronization synchronization) {
		this.transactions.register(synchronization);
	}

	/**
	 * Tells how what was just written ended: with the running transaction, or before it
	 * by a rollback to an earlier savepoint.
	 */
	void whenEnded(Consumer<Ending> ended) {
		this.transactions.whenEnded(ended);
	}

}
