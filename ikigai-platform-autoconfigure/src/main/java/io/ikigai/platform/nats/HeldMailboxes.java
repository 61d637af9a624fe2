package io.ikigai.platform.nats;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;

import io.ikigai.platform.nats.MailboxStates.Entry;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows of mailboxes. Beyond a number of mailboxes, what was learned of
 * one that nothing is handed out of is forgotten after each use. Safe for use by several
 * threads.
 */
final class HeldMailboxes {

	private final int limit;

	private final Map<String, Held> held = new ConcurrentHashMap<>();

	/**
	 * Creates an empty memory.
	 * @param limit how many mailboxes are remembered although nothing is handed out
	 */
	HeldMailboxes(int limit) {
		this.limit = limit;
	}

	/**
	 * Does something with what is known of a mailbox, which no other thread changes
	 * meanwhile.
	 * @param mailbox the mailbox
	 * @param work gets what is known
	 * @return what the work returned
	 */
	<T extends @Nullable Object> T with(String mailbox, Function<Held, T> work) {
		Held mine = this.held.compute(mailbox, (name, present) -> ((present != null) ? present : new Held()).begin());
		try {
			synchronized (mine) {
				return work.apply(mine);
			}
		}
		finally {
			this.held.computeIfPresent(mailbox,
					(name, present) -> (present.end() && this.held.size() > this.limit) ? null : present);
		}
	}

	/**
	 * Does something for each mailbox that is known.
	 * @param work gets the mailbox and what is known
	 */
	void forEach(BiConsumer<String, Held> work) {
		this.held.forEach((mailbox, mine) -> {
			synchronized (mine) {
				work.accept(mailbox, mine);
			}
		});
	}

	int size() {
		return this.held.size();
	}

	/**
	 * What is known of a mailbox. Guarded by itself, but for the users.
	 */
	static final class Held {

		/** Guarded by the map. */
		private int users;

		private @Nullable Entry entry;

		private volatile boolean handedOut;

		private volatile long leaseEnd;

		/** The hand-outs that have reached their receivers. */
		private final Set<Long> handOuts = new HashSet<>();

		/** The last state whose read messages it has tried to remove. */
		private @Nullable MailboxState removedOf;

		/** What could not be removed of them. */
		private List<MailboxState.Gone> left = List.of();

		private Held begin() {
			this.users++;
			return this;
		}

		/**
		 * Ends a use.
		 * @return whether nothing that matters is known
		 */
		private boolean end() {
			this.users--;
			return this.users == 0 && (!this.handedOut || System.nanoTime() - this.leaseEnd >= 0);
		}

		/** What this process wrote last, unless another process wrote since. */
		@Nullable Entry entry() {
			return this.entry;
		}

		void wrote(@Nullable Entry written) {
			this.entry = written;
			this.handedOut = written != null && written.state().handedOut();
			this.leaseEnd = System.nanoTime()
					+ ((written != null) ? TimeUnit.MILLISECONDS.toNanos(written.state().leaseMillis()) : 0);
		}

		void reached(long handOut) {
			this.handOuts.add(handOut);
		}

		boolean hasReached(long handOut) {
			return this.handOuts.contains(handOut);
		}

		/**
		 * Notes the removal of what was read.
		 * @param state the state that names it
		 * @param left what could not be removed
		 */
		void removed(MailboxState state, List<MailboxState.Gone> left) {
			this.handOuts.removeIf((handOut) -> state.items().stream().noneMatch((item) -> item.handOut() == handOut));
			this.left = left;
			this.removedOf = state;
		}

		List<MailboxState.Gone> toRemove(List<MailboxState.Gone> gone) {
			return (this.removedOf != null && this.removedOf.gone().equals(gone)) ? this.left : gone;
		}

	}

}
