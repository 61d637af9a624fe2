package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of this process that reads topic messages for all subscriptions. It
 * sleeps until a hint comes, then reads what its last snapshot could not see: after a
 * lost connection as well as ever. Whoever has no room does not stop the others; what it
 * had no room for is read again for it alone.
 */
final class TopicReader implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(TopicReader.class);

	private static final long LONGEST_PAUSE_MILLIS = 5000;

	private static final long LOOK_SECONDS = 5;

	/**
	 * How long messages gather between two looks: who comes after a quiet moment waits
	 * for nothing, and a stream of messages costs a statement for many of them.
	 */
	static final Duration PAUSE = Duration.ofMillis(1);

	private final TopicSql sql;

	private final Set<TopicFeed> feeds = ConcurrentHashMap.newKeySet();

	private final Queue<TopicFeed> joining = new ConcurrentLinkedQueue<>();

	private final Semaphore wake = new Semaphore(0);

	/** Where those who ride along are, at rest; {@code null} within a window. */
	private final AtomicReference<@Nullable TopicPosition> position = new AtomicReference<>();

	/** Where they are within a window. */
	private @Nullable TopicCursor together;

	/** Whether there is more beyond the last window. */
	private boolean behind;

	private volatile boolean hinted;

	/** When somebody last looked for this thread whether there are new messages. */
	private volatile long lookedAt = System.nanoTime();

	private volatile boolean closed;

	private @Nullable Thread thread;

	TopicReader(TopicSql sql) {
		this.sql = sql;
	}

	/**
	 * Adds a feed; when it has joined, it gets all that becomes visible from then on.
	 */
	void add(TopicFeed feed) {
		synchronized (this.joining) {
			if (this.closed) {
				throw new IllegalStateException("The platform is closed; nothing can be subscribed to any more");
			}
			if (this.thread == null) {
				this.thread = new Thread(this::run, "ikigai-topics");
				this.thread.setDaemon(true);
				this.thread.start();
			}
			this.joining.add(feed);
		}
		this.wake.release();
	}

	void remove(TopicFeed feed) {
		feed.close();
		this.feeds.remove(feed);
	}

	/**
	 * Hints that there may be new messages.
	 */
	void hint() {
		this.hinted = true;
		this.wake.release();
	}

	/**
	 * Tells that a feed has room again.
	 */
	void roomAgain() {
		this.wake.release();
	}

	/**
	 * Returns from where to look whether there are new messages, if that is of use.
	 */
	@Nullable TopicPosition position() {
		TopicPosition rest = this.position.get();
		return (rest != null && !rest.topics().isEmpty()) ? rest : null;
	}

	/**
	 * Takes what a look found.
	 * @param from where it looked from
	 * @param found {@code new}, or the snapshot up to which there is nothing
	 */
	void looked(TopicPosition from, String found) {
		this.lookedAt = System.nanoTime();
		if (found.equals("new")) {
			hint();
		}
		else {
			this.position.compareAndSet(from, from.at(found));
		}
	}

	private void run() {
		long pause = 0;
		while (!this.closed) {
			try {
				long begun = System.nanoTime();
				boolean more = step();
				if (pause > 0) {
					logger.info("Topic messages are read again");
				}
				pause = 0;
				if (!more && !this.wake.tryAcquire(LOOK_SECONDS, TimeUnit.SECONDS)) {
					lookIfNobodyDoes();
				}
				if (!more) {
					LockSupport.parkNanos(PAUSE.toNanos() - (System.nanoTime() - begun));
				}
			}
			catch (InterruptedException ex) {
				return;
			}
			catch (RuntimeException | Error ex) {
				failed(ex, pause == 0);
				pause = Math.min(LONGEST_PAUSE_MILLIS, Math.max(25, pause * 2));
				await(pause);
			}
			this.wake.drainPermits();
		}
	}

	// The connection that listens may hang for a while.
	private void lookIfNobodyDoes() {
		if (!this.feeds.isEmpty() && System.nanoTime() - this.lookedAt > TimeUnit.SECONDS.toNanos(LOOK_SECONDS)) {
			this.hinted = true;
		}
	}

	private void failed(Throwable ex, boolean first) {
		this.hinted = true;
		if (first && !this.closed) {
			logger.warn("Could not read topic messages; trying again. Subscribers get what they miss meanwhile when "
					+ "that works: " + ex.getMessage());
		}
		logger.debug("Could not read topic messages", ex);
		for (TopicFeed feed = this.joining.poll(); feed != null; feed = this.joining.poll()) {
			feed.joined().completeExceptionally(ex);
		}
	}

	private void await(long millis) {
		try {
			this.wake.tryAcquire(millis, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			this.closed = true;
		}
	}

	/**
	 * Reads a page for those who ride along, if there may be one, and for each that does
	 * not.
	 * @return whether there is more to do at once
	 */
	private boolean step() {
		if (this.together != null || this.behind || this.hinted || !this.joining.isEmpty()) {
			readTogether();
		}
		boolean more = this.together != null || this.behind;
		for (TopicFeed feed : this.feeds) {
			more |= feed.mayCatchUp() && catchUp(feed);
		}
		return more;
	}

	private void readTogether() {
		TopicPosition rest = this.position.getAndSet(null);
		TopicCursor cursor = this.together;
		if (cursor == null) {
			cursor = TopicCursor.at((rest != null) ? rest.snapshot() : this.sql.snapshot());
			this.together = cursor;
		}
		List<TopicFeed> riders = this.feeds.stream().filter(TopicFeed::ridesAlong).toList();
		List<TopicFeed> beginners = List.of();
		boolean begins = cursor.to() == null;
		if (begins) {
			this.hinted = false;
			// A feed begins where a window ends, to be where the others then are.
			beginners = List.copyOf(this.joining);
			if (!beginners.isEmpty()) {
				cursor = cursor.within(this.sql.snapshot(), 0);
			}
		}
		TopicPage page = this.sql.read(cursor, null, topics(riders));
		if (begins) {
			this.behind = page.capped();
		}
		for (TopicFeed feed : riders) {
			hand(feed, cursor, page);
		}
		begin(beginners, page.to());
		if (page.last() || page.rewound()) {
			this.position.set(new TopicPosition(page.to(), topics(this.feeds)));
			this.together = null;
		}
		else {
			this.together = cursor.within(page.to(), page.lastId());
		}
	}

	private void begin(List<TopicFeed> beginners, String snapshot) {
		for (TopicFeed feed : beginners) {
			this.joining.remove(feed);
			feed.goOn(TopicCursor.at(snapshot));
			this.feeds.add(feed);
			feed.joined().complete(null);
		}
	}

	private static Set<String> topics(Collection<TopicFeed> feeds) {
		Set<String> topics = new HashSet<>();
		feeds.stream().filter(TopicFeed::ridesAlong).forEach((feed) -> topics.addAll(feed.topics()));
		return topics;
	}

	/**
	 * Hands a page to a feed.
	 * @return whether it had room for all of it; if not, its cursor is where it had not
	 */
	private static boolean hand(TopicFeed feed, TopicCursor cursor, TopicPage page) {
		feed.tell(page);
		TopicPage.Row refused = feed.offer(page.rows());
		if (refused != null) {
			feed.goOn(cursor.within(page.to(), refused.id() - 1));
		}
		return refused == null;
	}

	/**
	 * Reads for a feed that does not ride along: what is left of its window, then up to
	 * where the others are, to ride along from there.
	 * @return whether there is more to read for it at once
	 */
	private boolean catchUp(TopicFeed feed) {
		while (true) {
			TopicCursor cursor = feed.cursor();
			if (cursor == null) {
				return false;
			}
			String upto = cursor.to();
			if (upto == null) {
				TopicPosition rest = this.position.get();
				if (rest == null) {
					// The others are within a window, and go on at once.
					return false;
				}
				upto = rest.snapshot();
				if (cursor.from().equals(upto)) {
					if (this.position.compareAndSet(rest, rest.with(feed.topics()))) {
						feed.rideAlong();
					}
					continue;
				}
			}
			TopicPage page = this.sql.read(cursor, upto, feed.topics());
			if (!hand(feed, cursor, page)) {
				return false;
			}
			if (!page.last() && !page.rewound()) {
				feed.goOn(cursor.within(page.to(), page.lastId()));
				return true;
			}
			feed.goOn(TopicCursor.at(page.to()));
			if (page.capped()) {
				return true;
			}
		}
	}

	@Override
	public void close() {
		Thread running;
		synchronized (this.joining) {
			this.closed = true;
			running = this.thread;
		}
		this.wake.release();
		if (running != null) {
			try {
				running.join(TimeUnit.SECONDS.toMillis(2));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			running.interrupt();
		}
		failed(new IllegalStateException("The platform is closed"), false);
	}

}
