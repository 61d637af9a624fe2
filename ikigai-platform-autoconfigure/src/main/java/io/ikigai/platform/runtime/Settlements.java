package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.ikigai.platform.outbox.Settlement;
import io.ikigai.platform.outbox.SettlementStore;
import io.ikigai.platform.transaction.Ending;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What transactions settle of tasks and messages that are on another backend: recorded
 * with the transaction, and told to the backend after the commit. What the backend hands
 * out again though it was settled is told again and not worked on. Safe for use by
 * several threads.
 */
final class Settlements {

	private static final Log logger = LogFactory.getLog(Settlements.class);

	/** How long a backend may still lose an acknowledged settlement. */
	private static final Duration REMEMBERED = Duration.ofMinutes(1);

	private static final int FORGOTTEN_TOGETHER = 1000;

	/** How long a settlement may be on its way to the database. */
	private static final Duration UNSURE = Duration.ofMinutes(10);

	private static final int MOST_UNSURE = 1000;

	private final SettlementStore store;

	private final PlatformTransactions transactions;

	private final Duration remembered;

	private final Queue<Told> told = new ConcurrentLinkedQueue<>();

	/**
	 * What a transaction was to settle that has not committed as far as is known here, by
	 * when. It may have been settled, by it or by another one.
	 */
	private final Map<UUID, Long> unsure = new ConcurrentHashMap<>();

	Settlements(SettlementStore store, PlatformTransactions transactions) {
		this(store, transactions, REMEMBERED);
	}

	Settlements(SettlementStore store, PlatformTransactions transactions, Duration remembered) {
		this.store = store;
		this.transactions = transactions;
		this.remembered = remembered;
	}

	boolean inTransaction() {
		return this.transactions.active();
	}

	/**
	 * Gives back what the running transaction was handed out, if that is rolled back. Of
	 * what may have been settled, the database is asked first. Nothing is given back
	 * while it isn't known whether the transaction was committed: its lease ends.
	 * @param all what was handed out
	 * @param id the id of one
	 * @param tell tells the backend how one was settled
	 * @param undo gives back what was not settled
	 */
	<T> void undoneWithTransaction(List<T> all, Function<T, UUID> id, Telling<T> tell, Consumer<List<T>> undo) {
		if (all.isEmpty()) {
			return;
		}
		this.transactions.whenEnded((ending) -> {
			if (ending == Ending.COMMITTED) {
				return;
			}
			try {
				List<T> left = withoutSettled(all, (each) -> false, id, tell);
				if (ending == Ending.ROLLED_BACK && !left.isEmpty()) {
					undo.accept(left);
				}
			}
			catch (RuntimeException ex) {
				logger.warn("Could not give " + all.stream().map(id).toList()
						+ " back after a transaction that was not committed; the backend hands it out again when the"
						+ " lease ends", ex);
			}
		});
	}

	/**
	 * Begins the work of a running transaction that will settle something.
	 */
	void begin(Duration lease) {
		if (this.transactions.active()) {
			this.store.begin(lease);
		}
	}

	/**
	 * Records a settlement in the running transaction, and tells the backend once that
	 * has committed. If it was settled for good before, the backend doesn't know that yet
	 * and is told when the transaction has ended.
	 * @param handedOut what is settled
	 * @param settlement the settlement
	 * @param tell tells the backend, and returns whether it took it
	 * @param tellBefore tells the backend how it was settled before
	 * @return whether it was recorded
	 */
	<T> boolean record(T handedOut, Settlement settlement, BooleanSupplier tell, Telling<T> tellBefore) {
		addUnsure(settlement.id());
		if (!this.store.record(settlement)) {
			undoneWithTransaction(List.of(handedOut), (each) -> settlement.id(), tellBefore, (left) -> {
			});
			return false;
		}
		this.transactions.whenEnded((ending) -> {
			if (ending == Ending.COMMITTED) {
				tell(settlement, tell);
			}
		});
		return true;
	}

	private void addUnsure(UUID id) {
		long now = System.nanoTime();
		if (this.unsure.size() >= MOST_UNSURE) {
			this.unsure.values().removeIf((since) -> now - since > UNSURE.toNanos());
		}
		this.unsure.put(id, now);
	}

	/**
	 * Tells whether something was settled by a transaction whose end this process could
	 * not know: the backend is told then.
	 * @param handedOut what was handed out
	 * @param id its id
	 * @param tell tells the backend how it was settled
	 */
	<T> boolean settledBefore(T handedOut, UUID id, Telling<T> tell) {
		return withoutSettled(List.of(handedOut), (each) -> false, (each) -> id, tell).isEmpty();
	}

	private void tell(Settlement settlement, BooleanSupplier tell) {
		this.unsure.remove(settlement.id());
		try {
			if (!tell.getAsBoolean()) {
				return;
			}
		}
		catch (RuntimeException ex) {
			logger.warn("Could not tell the backend how " + settlement.id()
					+ " was settled; it is told when the backend hands it out again", ex);
			return;
		}
		if (settlement.last()) {
			this.told.add(new Told(settlement, System.nanoTime()));
			forgetOld();
		}
		else {
			// Before anything else settles it.
			forget(List.of(settlement));
		}
	}

	private void forget(List<Settlement> settlements) {
		try {
			this.store.forget(settlements);
		}
		catch (RuntimeException ex) {
			logger.warn("Could not delete " + settlements.size()
					+ " rows of ikigai_settlement that the backend knows of; trying again in "
					+ this.remembered.toSeconds() + " s", ex);
			long now = System.nanoTime();
			settlements.forEach((settlement) -> this.told.add(new Told(settlement, now)));
		}
	}

	private void forgetOld() {
		Told first = this.told.peek();
		if (first == null || System.nanoTime() - first.at < this.remembered.toNanos()) {
			return;
		}
		List<Settlement> old = new ArrayList<>();
		while (first != null && old.size() < FORGOTTEN_TOGETHER
				&& System.nanoTime() - first.at >= this.remembered.toNanos() && this.told.remove(first)) {
			old.add(first.settlement);
			first = this.told.peek();
		}
		if (!old.isEmpty()) {
			forget(old);
		}
	}

	/**
	 * Leaves out what was settled before, and tells the backend again.
	 * @param all what was handed out
	 * @param again picks what was handed out before
	 * @param id the id of one
	 * @param tell tells the backend how one was settled
	 * @return what is to be worked on
	 */
	<T> List<T> withoutSettled(List<T> all, Function<T, Boolean> again, Function<T, UUID> id, Telling<T> tell) {
		Collection<UUID> seen = all.stream()
			.filter((each) -> again.apply(each) || this.unsure.containsKey(id.apply(each)))
			.map(id)
			.toList();
		if (seen.isEmpty()) {
			return all;
		}
		Map<UUID, Settlement> settled = this.store.find(seen)
			.stream()
			.collect(Collectors.toMap(Settlement::id, Function.identity()));
		if (settled.isEmpty()) {
			return all;
		}
		List<T> left = new ArrayList<>();
		for (T each : all) {
			Settlement settlement = settled.get(id.apply(each));
			if (settlement == null) {
				left.add(each);
			}
			else {
				tell(settlement, () -> tell.tell(each, settlement.outcome()));
			}
		}
		return left;
	}

	/**
	 * Tells a backend how something was settled.
	 *
	 * @param <T> a claim or receipt
	 */
	interface Telling<T> {

		boolean tell(T handedOut, String outcome);

	}

	private record Told(Settlement settlement, long at) {
	}

}
