package io.ikigai.platform.postgres;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.ikigai.platform.queue.TaskClaim;
import org.jspecify.annotations.Nullable;

/**
 * Knows the queues whose claims are slow because the claim's index is full of entries of
 * tasks claimed before: while any transaction of the server is open, those entries cannot
 * be removed, and each claim walks over all of them. There a claim begins where the last
 * one ended. What is ready before that place (a task that was given back, one whose
 * transaction committed late) is found by the next claim of the whole queue: now and
 * then, and whenever a claim would else find nothing. Safe for use by several threads.
 */
final class CrowdedQueues {

	/** How long a claim may pass over what was given back to a crowded queue. */
	static final Duration WHOLE_QUEUE = Duration.ofSeconds(1);

	/** What a claim takes on a busy machine, and what each of its tasks adds. */
	private static final long NORMAL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private static final long NORMAL_NANOS_PER_TASK = TimeUnit.MICROSECONDS.toNanos(40);

	private static final int MOST_PLACES = 1000;

	private final Map<String, Place> places = new ConcurrentHashMap<>();

	private final Wakeups wakeups;

	private final ScheduledExecutorService timer;

	private final long wholeQueueNanos;

	/**
	 * Creates what knows them.
	 * @param wakeups woken when a queue has to be looked through
	 * @param timer wakes them
	 * @param wholeQueue how long claims may begin at places before the whole queue is
	 * looked through
	 */
	CrowdedQueues(Wakeups wakeups, ScheduledExecutorService timer, Duration wholeQueue) {
		this.wakeups = wakeups;
		this.timer = timer;
		this.wholeQueueNanos = wholeQueue.toNanos();
	}

	/**
	 * Returns where the next claim begins.
	 * @param queue the queue
	 * @return the place, or {@code null} for the whole queue
	 */
	@Nullable Place place(String queue) {
		Place place = this.places.get(queue);
		return (place != null && System.nanoTime() - place.wholeQueueAt < this.wholeQueueNanos) ? place : null;
	}

	/**
	 * Notes a claim of the whole queue.
	 * @param queue the queue
	 * @param claims what it got, in order
	 * @param took how long it took
	 */
	void claimedFromAll(String queue, List<TaskClaim> claims, Duration took) {
		if (took.toNanos() < NORMAL_NANOS + claims.size() * NORMAL_NANOS_PER_TASK) {
			this.places.remove(queue);
		}
		else if (!claims.isEmpty()) {
			if (this.places.size() >= MOST_PLACES) {
				// Over, and so of no use, unless all are fresh; then the next claims only
				// take longer
				this.places.values()
					.removeIf((place) -> System.nanoTime() - place.wholeQueueAt >= this.wholeQueueNanos);
			}
			if (this.places.size() < MOST_PLACES) {
				this.places.put(queue, Place.after(claims, System.nanoTime(), new AtomicBoolean()));
			}
		}
	}

	/**
	 * Notes a claim that began at a place. What it passed over is looked for soon.
	 * @param queue the queue
	 * @param place the place
	 * @param claims what it got, in order; not empty
	 * @param full whether it got all it asked for
	 */
	void claimedFrom(String queue, Place place, List<TaskClaim> claims, boolean full) {
		this.places.replace(queue, place, Place.after(claims, place.wholeQueueAt, place.wakes));
		if (!full && place.wakes.compareAndSet(false, true)) {
			this.timer.schedule(() -> {
				place.wakes.set(false);
				this.wakeups.wake(ChannelName.ofQueue(queue), null);
			}, this.wholeQueueNanos, TimeUnit.NANOSECONDS);
		}
	}

	/**
	 * Has the next claim look through the whole queue, for many tasks have come back to
	 * it.
	 * @param queue the queue
	 */
	void forget(String queue) {
		this.places.remove(queue);
	}

	/**
	 * The place of a task in its queue.
	 *
	 * @param priority its priority
	 * @param createdAt when it was enqueued
	 * @param wholeQueueAt when the whole queue was last looked through
	 * @param wakes whether a look at the whole queue has been arranged
	 */
	record Place(int priority, Instant createdAt, long wholeQueueAt, AtomicBoolean wakes) {

		private static Place after(List<TaskClaim> claims, long wholeQueueAt, AtomicBoolean wakes) {
			TaskClaim last = claims.get(claims.size() - 1);
			return new Place(last.priority(), last.createdAt(), wholeQueueAt, wakes);
		}

	}

}
