package io.ikigai.platform.outbox;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * What transactions have settled of other backends' tasks and messages, in the database
 * of those transactions: what is handed out again though it was settled is not worked on
 * again. Safe for use by several threads.
 */
public interface SettlementStore {

	/**
	 * Begins the work of a running transaction that will settle something: makes sure
	 * that it does not outlive the lease in a frozen process.
	 * @param lease how long it may idle
	 */
	void begin(Duration lease);

	/**
	 * Records a settlement in the running transaction. Waits for another transaction that
	 * is about to settle the same.
	 * @param settlement the settlement
	 * @return whether it was recorded; not so if another claim on the same task or
	 * message was settled for good before
	 */
	boolean record(Settlement settlement);

	/**
	 * Looks settlements up.
	 * @param ids tasks and messages
	 * @return those that were settled
	 */
	List<Settlement> find(Collection<UUID> ids);

	/**
	 * Forgets settlements that the other backend knows of. Takes no part in the running
	 * transaction.
	 * @param settlements the settlements
	 */
	void forget(Collection<Settlement> settlements);

}
