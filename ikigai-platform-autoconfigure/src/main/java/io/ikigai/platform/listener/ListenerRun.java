package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.listener.ListenerSource.Taken;
import io.ikigai.platform.listener.ListenerSource.Work;
import io.ikigai.platform.listener.Reservations.Reservation;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ListenerContainer} does between its start and its stop: takes work for
 * the free slots (and a little ahead of them) whenever something wakes it (an
 * announcement, a free slot, the slow poll), and hands it to the workers.
 */
final class ListenerRun implements Activity {

	private static final Log logger = LogFactory.getLog(ListenerRun.class);

	private final String id;

	private final ListenerSource source;

	private final ListenerThreads threads;

	private final WorkerThreads workers;

	private final Slots slots;

	private final @Nullable WorkAhead ahead;

	private final Reservations reservations;

	/** Tasks whose handlers have returned and whose ends are being written. */
	private final AtomicInteger settling = new AtomicInteger();

	private final AtomicBoolean lookingForLate = new AtomicBoolean();

	private final Takings takings;

	private final Set<Work> running = ConcurrentHashMap.newKeySet();

	private final CountDownLatch closing = new CountDownLatch(1);

	private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

	/** Whether there may be work that waits for nothing but a free slot. */
	private volatile boolean more;

	/** Whether the last taking got all it asked for. */
	private volatile boolean gotAll;

	private volatile boolean stopping;

	private volatile boolean paused;

	private volatile long endedAt = System.nanoTime();

	/** Whether the end comes when all is given back, however soon the handlers end. */
	private volatile boolean givingBack;

	private final TakingFailures failures;

	private AutoCloseable announcements = () -> {
	};

	private SlowPoll.@Nullable Polling poll;

	ListenerRun(String id, ListenerSource source, Concurrency concurrency, boolean virtualThreads,
			ListenerThreads threads) {
		this.id = id;
		this.source = source;
		this.threads = threads;
		this.takings = new Takings(threads, this::take, this::plenty, Reservations.OVERDUE);
		this.failures = new TakingFailures(id, threads, this::wake);
		this.workers = new WorkerThreads(id, concurrency, virtualThreads);
		this.slots = new Slots(concurrency.max());
		this.ahead = source.mayTakeAhead() ? new WorkAhead(concurrency.max()) : null;
		this.reservations = new Reservations(this.slots, this.ahead, Reservations.OVERDUE);
	}

	void start(Duration pollInterval) {
		this.announcements = this.source.onReady(this::wake);
		this.poll = this.threads.slowPoll().start(this::wake, pollInterval);
		wake();
	}

	@Override
	public int active() {
		return this.running.size();
	}

	@Override
	public void pause(boolean paused) {
		this.paused = paused;
		if (!paused) {
			wake();
		}
		else if (this.ahead != null) {
			giveBackWaiting(this.ahead);
		}
	}

	@Override
	public long idleNanos() {
		return this.running.isEmpty() ? System.nanoTime() - this.endedAt : 0;
	}

	@Override
	public boolean stopping() {
		return this.stopping;
	}

	@Override
	public @Nullable String problem() {
		String claim = this.reservations.problem();
		return (claim != null) ? claim : this.failures.problem();
	}

	void wake() {
		this.takings.wake();
	}

	/** Wakes later. */
	void wakeAfter(Duration pause) {
		if (!this.stopping) {
			this.threads.timer().schedule(this::wake, pause.toMillis() + 1, TimeUnit.MILLISECONDS);
		}
	}

	private boolean plenty() {
		return this.gotAll && this.ahead != null && this.ahead.wantsMany();
	}

	/**
	 * Takes what there is room for.
	 * @return whether the taking got less than it asked for
	 */
	private boolean take() {
		this.more = true;
		Reservation reservation = this.reservations.reserve();
		// What is taken has to be given back before the end
		beginSettling();
		try {
			if (reservation.size() == 0 || this.stopping || this.paused || this.failures.pausing()) {
				return false;
			}
			Taken taken = this.source.take(reservation.size(), this);
			this.gotAll = taken.more();
			this.more = this.gotAll;
			List<Work> work = taken.work();
			int used = reservation.slotsFor(work.size());
			work.subList(0, used).forEach(this::handOver);
			queueUp(work.subList(used, work.size()));
			if (taken.more() && reservation.hasLeft()) {
				wake();
			}
			return !taken.more();
		}
		catch (Throwable ex) {
			failed(ex);
			return false;
		}
		finally {
			reservation.end();
			endWhenDone();
			endSettling();
		}
	}

	private void queueUp(List<Work> work) {
		if (this.ahead == null) {
			// Its slots were given to others, for it came too late
			work.forEach(Work::giveBack);
			return;
		}
		work.forEach(this.ahead::add);
		if (this.stopping) {
			giveBackWaiting(this.ahead);
			return;
		}
		startWaiting(this.ahead);
		lookForLate(this.ahead);
	}

	private void startWaiting(WorkAhead line) {
		while (!line.isEmpty() && this.slots.takeOne()) {
			Work work = line.poll();
			if (work == null) {
				free(1);
				return;
			}
			handOver(work);
		}
	}

	private void lookForLate(WorkAhead line) {
		if (!line.isEmpty() && this.lookingForLate.compareAndSet(false, true)) {
			this.threads.timer().schedule(() -> this.threads.claimers().execute(() -> {
				this.lookingForLate.set(false);
				line.giveBackLate();
				lookForLate(line);
			}), 50, TimeUnit.MILLISECONDS);
		}
	}

	private void giveBackWaiting(WorkAhead line) {
		beginSettling();
		this.threads.claimers().execute(() -> {
			try {
				line.giveBackAll();
			}
			finally {
				endSettling();
			}
		});
	}

	private void handOver(Work work) {
		if (this.stopping) {
			work.giveBack();
			free(1);
			return;
		}
		this.running.add(work);
		try {
			this.workers.execute(() -> work(work));
		}
		catch (Throwable ex) {
			this.running.remove(work);
			work.giveBack();
			free(1);
			failed(ex);
		}
	}

	private void work(Work first) {
		Work work = first;
		while (work != null) {
			long began = System.nanoTime();
			try {
				work.run();
			}
			catch (Throwable ex) {
				logger.error("Listener '%s': unexpected error".formatted(this.id), ex);
			}
			finally {
				this.endedAt = System.nanoTime();
				this.running.remove(work);
			}
			work = next(System.nanoTime() - began);
		}
		free(1);
		if (this.ahead != null && !this.ahead.isEmpty() && !this.stopping) {
			startWaiting(this.ahead);
		}
		if (this.more) {
			wake();
		}
	}

	private @Nullable Work next(long lastNanos) {
		if (this.ahead == null || this.stopping || this.paused) {
			return null;
		}
		this.ahead.called(lastNanos);
		Work next = this.ahead.poll();
		if (next != null) {
			this.running.add(next);
			if (this.more && this.ahead.hasRoom()) {
				wake();
			}
		}
		return next;
	}

	private void free(int count) {
		this.slots.give(count);
		endWhenDone();
	}

	private void endWhenDone() {
		if (this.stopping && !this.givingBack && this.slots.allFree() && this.settling.get() == 0) {
			end();
		}
	}

	/**
	 * Notes that a task is being settled though no worker is at it any more: the run does
	 * not end before.
	 */
	void beginSettling() {
		this.settling.incrementAndGet();
	}

	void endSettling() {
		if (this.settling.decrementAndGet() == 0) {
			endWhenDone();
		}
	}

	/** Runs something beside the workers, in a thread like theirs, until the run ends. */
	void execute(Runnable work) {
		this.workers.execute(work);
	}

	/** Tells that taking work failed: the next try comes after a growing pause. */
	void failed(Throwable error) {
		if (!this.stopping) {
			this.failures.failed(error);
		}
	}

	/** Tells that taking work was possible. */
	void worked() {
		this.failures.worked();
	}

	/**
	 * Waits, unless the time for what still runs is over.
	 * @param millis how long
	 * @return whether to go on
	 */
	boolean pause(long millis) {
		try {
			return !this.closing.await(millis, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Takes no more work, and lets what runs go on for a time. What runs longer is given
	 * back.
	 * @param patience the time
	 * @return done when nothing runs any more or the rest has been given back
	 */
	@Override
	public CompletableFuture<@Nullable Void> stop(Duration patience) {
		this.stopping = true;
		this.takings.end();
		if (this.poll != null) {
			this.poll.end();
		}
		endAnnouncements();
		if (this.ahead != null) {
			giveBackWaiting(this.ahead);
		}
		endWhenDone();
		if (!this.ended.isDone()) {
			Future<?> deadline = this.threads.timer()
				.schedule(this::giveBackRest, patience.toMillis(), TimeUnit.MILLISECONDS);
			this.ended.whenComplete((nothing, error) -> deadline.cancel(false));
		}
		return this.ended;
	}

	private void endAnnouncements() {
		try {
			this.announcements.close();
		}
		catch (Exception ex) {
			logger.warn("Listener '%s' could not end its announcements".formatted(this.id), ex);
		}
	}

	private void giveBackRest() {
		this.givingBack = true;
		this.closing.countDown();
		List<Work> rest = List.copyOf(this.running);
		logger.warn("Listener '%s' stops while %d of its handler calls still run; what they are at is given back"
			.formatted(this.id, rest.size()));
		CompletableFuture
			.allOf(rest.stream()
				.map((work) -> CompletableFuture.runAsync(work::giveBack, this.threads.claimers()))
				.toArray(CompletableFuture<?>[]::new))
			.whenComplete((nothing, error) -> end());
	}

	private void end() {
		this.workers.end();
		this.ended.complete(null);
	}

}
