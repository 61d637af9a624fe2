package io.ikigai.platform.postgres;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Lets callers of the same moment share a statement and a flush: while two of them
 * insert, the others gather, and the next one inserts for all that have gathered. Nobody
 * waits for company: who comes alone inserts at once. Each caller returns when its row is
 * committed, or gets the error of its own row. Safe for use by several threads.
 *
 * @param <R> a row
 */
final class EnqueueGroup<R> {

	private static final int LEADERS = 2;

	private static final int MOST_ROWS = 500;

	private final Consumer<List<R>> insert;

	private final Deque<Waiting<R>> waiting = new ArrayDeque<>();

	private int leaders;

	/**
	 * Creates the group.
	 * @param insert inserts and commits rows, all or none
	 */
	EnqueueGroup(Consumer<List<R>> insert) {
		this.insert = insert;
	}

	void add(R row) {
		Waiting<R> own = new Waiting<>(row, new CompletableFuture<>());
		switch (begin(own) ? Turn.LEAD : own.turn.join()) {
			case LEAD -> lead(own);
			case ALONE -> this.insert.accept(List.of(row));
			case DONE -> {
			}
		}
	}

	private synchronized boolean begin(Waiting<R> own) {
		if (this.leaders < LEADERS) {
			this.leaders++;
			return true;
		}
		this.waiting.add(own);
		return false;
	}

	private void lead(Waiting<R> own) {
		List<Waiting<R>> others = gathered();
		List<R> rows = new ArrayList<>();
		rows.add(own.row);
		others.forEach((other) -> rows.add(other.row));
		boolean inserted = false;
		try {
			this.insert.accept(rows);
			inserted = true;
		}
		catch (RuntimeException ex) {
			if (others.isEmpty()) {
				throw ex;
			}
			// One row may be what the database refuses: each gets its own answer
		}
		finally {
			Turn turn = inserted ? Turn.DONE : Turn.ALONE;
			others.forEach((other) -> other.turn.complete(turn));
			passOn();
		}
		if (!inserted) {
			this.insert.accept(List.of(own.row));
		}
	}

	private synchronized List<Waiting<R>> gathered() {
		List<Waiting<R>> gathered = new ArrayList<>();
		while (gathered.size() < MOST_ROWS - 1 && !this.waiting.isEmpty()) {
			gathered.add(this.waiting.remove());
		}
		return gathered;
	}

	/**
	 * Returns how many callers gather now.
	 */
	synchronized int gathering() {
		return this.waiting.size();
	}

	private synchronized void passOn() {
		if (this.waiting.isEmpty()) {
			this.leaders--;
		}
		else {
			this.waiting.remove().turn.complete(Turn.LEAD);
		}
	}

	private enum Turn {

		LEAD, ALONE, DONE

	}

	/**
	 * A caller that waits.
	 *
	 * @param row its row
	 * @param turn what it does next
	 */
	private record Waiting<R>(R row, CompletableFuture<Turn> turn) {
	}

}
