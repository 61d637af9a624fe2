package io.ikigai.platform.postgres;

import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

/**
 * Lets callers of the same moment share a statement and its commit: while some of them
 * write, the others gather, and the next one writes for all that have gathered. Nobody
 * waits for company: who comes alone writes at once. Each caller returns when its row is
 * committed, or gets the error of its own row. Safe for use by several threads.
 *
 * @param <R> a row
 */
final class WriteGroup<R> {

	/** In characters: a statement for a longer text is better not shared. */
	static final int LARGEST = 8192;

	private static final int MOST_ROWS = 500;

	private final int mostLeaders;

	private final Consumer<List<R>> write;

	private final Deque<Waiting<R>> waiting = new ArrayDeque<>();

	private int leaders;

	/**
	 * Creates the group.
	 * @param mostLeaders how many write at the same time
	 * @param write writes and commits rows, all or none
	 */
	WriteGroup(int mostLeaders, Consumer<List<R>> write) {
		this.mostLeaders = mostLeaders;
		this.write = write;
	}

	void add(R row) {
		Waiting<R> own = new Waiting<>(row, new CompletableFuture<>());
		Turn turn = begin(own) ? Turn.LEAD : own.turn.join();
		if (turn.failure != null) {
			throw new DataAccessResourceFailureException("The statement that this call shared with others failed: "
					+ turn.failure.getMessage() + ". Whether it was committed is not known", turn.failure);
		}
		if (turn == Turn.LEAD) {
			lead(own);
		}
		else if (turn == Turn.ALONE) {
			this.write.accept(List.of(row));
		}
	}

	private synchronized boolean begin(Waiting<R> own) {
		if (this.leaders < this.mostLeaders) {
			this.leaders++;
			return true;
		}
		this.waiting.add(own);
		return false;
	}

	private void lead(Waiting<R> own) {
		List<Waiting<R>> others = gathered();
		List<R> rows = new ArrayList<>(others.size() + 1);
		rows.add(own.row);
		others.forEach((other) -> rows.add(other.row));
		Turn theirs = Turn.ALONE;
		try {
			this.write.accept(rows);
			theirs = Turn.DONE;
		}
		catch (RuntimeException ex) {
			if (mayBeCommitted(ex)) {
				theirs = new Turn(ex);
			}
			if (others.isEmpty() || theirs != Turn.ALONE) {
				throw ex;
			}
			// One row may be what the database refuses: each gets its own answer
		}
		finally {
			Turn told = theirs;
			others.forEach((other) -> other.turn.complete(told));
			passOn();
		}
		if (theirs == Turn.ALONE) {
			this.write.accept(List.of(own.row));
		}
	}

	// A connection that breaks leaves open what became of its statement: written again,
	// the rows might be there twice.
	private static boolean mayBeCommitted(RuntimeException ex) {
		return ex instanceof DataAccessResourceFailureException && !(ex instanceof CannotGetJdbcConnectionException);
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

	/**
	 * Returns one column of rows, as {@code unnest} takes it.
	 */
	static <R> Array column(Connection connection, String type, List<R> rows, Function<R, @Nullable Object> value)
			throws SQLException {
		return connection.createArrayOf(type, rows.stream().map(value).toArray());
	}

	/**
	 * What a caller does next.
	 */
	private static final class Turn {

		static final Turn LEAD = new Turn(null);

		static final Turn ALONE = new Turn(null);

		static final Turn DONE = new Turn(null);

		/** Why its row, written together with others, may be there or not. */
		final @Nullable RuntimeException failure;

		Turn(@Nullable RuntimeException failure) {
			this.failure = failure;
		}

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
