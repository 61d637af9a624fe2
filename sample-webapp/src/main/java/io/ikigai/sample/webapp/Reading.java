package io.ikigai.sample.webapp;

import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.ikigai.platform.UnsupportedByBackendException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Something that may take long to read, such as the counts of a large queue. It is read
 * in the background, at most a tenth of the time, and only while somebody asks.
 *
 * @param <T> what is read, with a meaningful {@code equals}
 */
final class Reading<T> {

	private static final Log logger = LogFactory.getLog(Reading.class);

	private static final long SHORTEST_PAUSE = TimeUnit.SECONDS.toNanos(1);

	private static final int PAUSES_PER_READ = 10;

	private final String area;

	private final Supplier<T> source;

	private volatile Known<T> known = new Known<>(null, null, null);

	private volatile long askedAt = System.nanoTime();

	private long dueAt = System.nanoTime();

	private int outdated;

	private @Nullable CompletableFuture<Void> running;

	Reading(String area, Supplier<T> source) {
		this.area = area;
		this.source = source;
	}

	String area() {
		return this.area;
	}

	Known<T> known() {
		return this.known;
	}

	void asked() {
		this.askedAt = System.nanoTime();
	}

	boolean askedWithin(long nanos) {
		return System.nanoTime() - this.askedAt < nanos;
	}

	/**
	 * Something was changed: what is known is not to be shown any more if that can be
	 * avoided.
	 */
	synchronized void outdate() {
		this.outdated++;
		this.dueAt = System.nanoTime();
	}

	/**
	 * Reads, if it is time to.
	 * @return completes when what is known is as good as it gets for now
	 */
	synchronized CompletableFuture<Void> refresh(Executor executor, Consumer<Reading<?>> changed) {
		if (this.running != null && !this.running.isDone()) {
			return this.running;
		}
		if (System.nanoTime() - this.dueAt < 0) {
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<Void> started = CompletableFuture.runAsync(() -> read(changed), executor);
		this.running = started;
		return started;
	}

	synchronized boolean outdated() {
		return this.outdated > 0;
	}

	private void read(Consumer<Reading<?>> changed) {
		int before = outdatedBefore();
		long started = System.nanoTime();
		Known<T> last = this.known;
		try {
			this.known = new Known<>(this.source.get(), Instant.now(), null);
		}
		catch (RuntimeException ex) {
			String trouble = trouble(ex);
			if (!explained(ex) && !trouble.equals(last.trouble())) {
				logger.warn("%s could not be read; trying again while somebody watches".formatted(this.area), ex);
			}
			this.known = new Known<>(last.value(), last.readAt(), trouble);
		}
		pause(before, System.nanoTime() - started);
		if (!Objects.equals(last.value(), this.known.value())
				|| !Objects.equals(last.trouble(), this.known.trouble())) {
			changed.accept(this);
		}
	}

	private synchronized int outdatedBefore() {
		return this.outdated;
	}

	private synchronized void pause(int outdatedBefore, long took) {
		boolean again = this.outdated != outdatedBefore;
		this.outdated = again ? 1 : 0;
		this.dueAt = System.nanoTime() + (again ? 0 : Math.max(SHORTEST_PAUSE, PAUSES_PER_READ * took));
	}

	static String trouble(RuntimeException ex) {
		if (PageAdvice.isAway(ex)) {
			return "The database does not answer. What is shown is what was known before.";
		}
		if (explained(ex)) {
			return String.valueOf(ex.getMessage());
		}
		return "This could not be read: " + ex;
	}

	/**
	 * Whether the message is for who uses the platform, and says what to do.
	 */
	private static boolean explained(RuntimeException ex) {
		return ex instanceof UnsupportedByBackendException || ex instanceof IllegalStateException
				|| ex instanceof IllegalArgumentException;
	}

	/**
	 * The last result.
	 *
	 * @param value what was read; {@code null} if nothing was yet
	 * @param readAt when
	 * @param trouble why the last attempt to read failed, if it did
	 */
	record Known<T>(@Nullable T value, @Nullable Instant readAt, @Nullable String trouble) {

		/**
		 * Whether the first reading is still going on.
		 */
		public boolean counting() {
			return this.value == null && this.trouble == null;
		}

	}

}
