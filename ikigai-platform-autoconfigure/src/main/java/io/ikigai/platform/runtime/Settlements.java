package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.ikigai.platform.outbox.Settlement;
import io.ikigai.platform.outbox.SettlementStore;
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

	/** So long a backend may have lost what it was told. */
	private static final Duration REMEMBERED = Duration.ofMinutes(1);

	private static final int FORGOTTEN_TOGETHER = 1000;

	private final SettlementStore store;

	private final PlatformTransactions transactions;

	private final Queue<Told> told = new ConcurrentLinkedQueue<>();

	Settlements(SettlementStore store, PlatformTransactions transactions) {
		this.store = store;
		this.transactions = transactions;
	}

	boolean inTransaction() {
		return this.transactions.active();
	}

	/**
	 * Has something done if the running transaction is rolled back. If that fails, the
	 * lease ends.
	 */
	void ifRolledBack(String what, Runnable undo) {
		this.transactions.whenEnded((committed) -> {
			if (!committed) {
				try {
					undo.run();
				}
				catch (RuntimeException ex) {
					logger.warn("Could not give " + what + " back after a rollback; it comes again when its lease ends",
							ex);
				}
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
	 * has committed.
	 * @param settlement the settlement
	 * @param tell tells the backend, and returns whether it took it
	 * @return whether it was recorded
	 */
	boolean record(Settlement settlement, BooleanSupplier tell) {
		if (!this.store.record(settlement)) {
			return false;
		}
		this.transactions.whenEnded((committed) -> {
			if (committed) {
				tell(settlement, tell);
			}
		});
		return true;
	}

	private void tell(Settlement settlement, BooleanSupplier tell) {
		try {
			if (!tell.getAsBoolean()) {
				return;
			}
			if (settlement.last()) {
				this.told.add(new Told(settlement, System.nanoTime()));
				forgetOld();
			}
			else {
				// Before anything else settles it.
				this.store.forget(List.of(settlement));
			}
		}
		catch (RuntimeException ex) {
			logger.warn("Could not tell the backend how " + settlement.id()
					+ " was settled; it is told when the backend hands it out again", ex);
		}
	}

	private void forgetOld() {
		Told first = this.told.peek();
		if (first == null || System.nanoTime() - first.at < REMEMBERED.toNanos()) {
			return;
		}
		List<Settlement> old = new ArrayList<>();
		while (first != null && old.size() < FORGOTTEN_TOGETHER && System.nanoTime() - first.at >= REMEMBERED.toNanos()
				&& this.told.remove(first)) {
			old.add(first.settlement);
			first = this.told.peek();
		}
		if (!old.isEmpty()) {
			this.store.forget(old);
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
		Collection<UUID> seen = all.stream().filter(again::apply).map(id).toList();
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
