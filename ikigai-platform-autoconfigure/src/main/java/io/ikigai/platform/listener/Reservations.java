package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * The slots that are reserved for claims under way. A claim that has had no answer for
 * long, because the network has lost its connection, say, keeps none from the next one.
 */
final class Reservations {

	/** A claim takes milliseconds. */
	static final Duration OVERDUE = Duration.ofSeconds(5);

	private final Set<Reservation> open = ConcurrentHashMap.newKeySet();

	private final Slots slots;

	private final @Nullable WorkAhead ahead;

	private final long overdueNanos;

	/**
	 * Creates the reservations.
	 * @param slots what may be filled
	 * @param ahead what may be claimed ahead, if anything
	 * @param overdue after what time without an answer a claim keeps none of it
	 */
	Reservations(Slots slots, @Nullable WorkAhead ahead, Duration overdue) {
		this.slots = slots;
		this.ahead = ahead;
		this.overdueNanos = overdue.toNanos();
	}

	/**
	 * Reserves all that is free, and what overdue claims have.
	 */
	Reservation reserve() {
		List.copyOf(this.open).stream().filter(Reservation::overdue).forEach(Reservation::release);
		Reservation reservation = new Reservation(this.slots.takeAll(),
				(this.ahead != null) ? this.ahead.reserve() : 0);
		this.open.add(reservation);
		return reservation;
	}

	/**
	 * Tells if a claim has had no answer for long.
	 */
	@Nullable String problem() {
		long now = System.nanoTime();
		long longest = this.open.stream().mapToLong((each) -> now - each.since).max().orElse(0);
		return (longest > this.overdueNanos)
				? "a claim has had no answer for " + TimeUnit.NANOSECONDS.toSeconds(longest) + " s" : null;
	}

	/**
	 * What one claim may fill.
	 */
	final class Reservation {

		private final long since = System.nanoTime();

		private final int free;

		private final int room;

		private int own;

		private boolean released;

		private boolean answered;

		private Reservation(int free, int room) {
			this.free = free;
			this.room = room;
			this.own = free;
		}

		int size() {
			return this.free + this.room;
		}

		private boolean overdue() {
			return System.nanoTime() - this.since > Reservations.this.overdueNanos;
		}

		private synchronized void release() {
			if (!this.released && !this.answered) {
				this.released = true;
				this.own = 0;
				arrived();
				Reservations.this.slots.give(this.free);
			}
		}

		/**
		 * Notes that the claim has its answer.
		 * @param works how many pieces of work there are
		 * @return for how many of them there is a slot, from now on the caller's
		 */
		synchronized int slotsFor(int works) {
			this.answered = true;
			while (this.released && this.own < works && Reservations.this.slots.takeOne()) {
				this.own++;
			}
			int used = Math.min(this.own, works);
			this.own -= used;
			return used;
		}

		synchronized boolean hasLeft() {
			return this.own > 0;
		}

		synchronized void end() {
			this.answered = true;
			Reservations.this.open.remove(this);
			if (!this.released) {
				arrived();
			}
			Reservations.this.slots.give(this.own);
			this.own = 0;
		}

		private void arrived() {
			if (Reservations.this.ahead != null) {
				Reservations.this.ahead.arrived(this.room);
			}
		}

	}

}
