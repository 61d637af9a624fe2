package io.ikigai.platform.postgres;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import io.ikigai.platform.pubsub.TopicMessage;
import io.ikigai.platform.pubsub.TopicSubscriber;
import org.jspecify.annotations.Nullable;

/**
 * A subscription as the {@link TopicReader} sees it. One that keeps up rides along with
 * the others and has no cursor; one that had no room for a message has a cursor of its
 * own until it has caught up.
 */
final class TopicFeed {

	private final Set<String> topics;

	private final TopicSubscriber subscriber;

	private final Runnable hasRoom;

	private final CompletableFuture<Void> joined = new CompletableFuture<>();

	private @Nullable TopicCursor cursor;

	/** The sweep that it was told of. */
	private @Nullable String told;

	private volatile boolean room = true;

	private volatile boolean closed;

	/**
	 * Creates a feed.
	 * @param topics the topics
	 * @param subscriber who gets their messages
	 * @param whenRoom is called when the subscriber has room again
	 */
	TopicFeed(Set<String> topics, TopicSubscriber subscriber, Runnable whenRoom) {
		this.topics = Set.copyOf(topics);
		this.subscriber = subscriber;
		this.hasRoom = () -> {
			this.room = true;
			whenRoom.run();
		};
	}

	Set<String> topics() {
		return this.topics;
	}

	/**
	 * Returns what is done when the feed has begun.
	 */
	CompletableFuture<Void> joined() {
		return this.joined;
	}

	/**
	 * Has the feed go its own way from there.
	 */
	void goOn(TopicCursor from) {
		this.cursor = from;
	}

	void rideAlong() {
		this.cursor = null;
	}

	@Nullable TopicCursor cursor() {
		return this.cursor;
	}

	boolean ridesAlong() {
		return this.cursor == null && !this.closed;
	}

	boolean mayCatchUp() {
		return this.cursor != null && this.room && !this.closed;
	}

	/**
	 * Hands over a page's messages of the feed's topics.
	 * @return the first message that the subscriber had no room for
	 */
	TopicPage.@Nullable Row offer(List<TopicPage.Row> rows) {
		for (TopicPage.Row row : rows) {
			if (this.topics.contains(row.message().topic()) && !offer(row.message())) {
				return row;
			}
		}
		return null;
	}

	private boolean offer(TopicMessage message) {
		// First: there may be room again before the refusal has returned.
		this.room = false;
		boolean taken = this.closed || this.subscriber.offer(message, this.hasRoom);
		if (taken) {
			this.room = true;
		}
		return taken;
	}

	/**
	 * Tells of messages that a page should hold and may not, once of each reason.
	 */
	void tell(TopicPage page) {
		if (this.closed) {
			return;
		}
		if (page.rewound()) {
			this.subscriber.missed("the server has gone back to an earlier state");
		}
		if (page.swept() != null && !page.swept().equals(this.told)) {
			this.told = page.swept();
			this.subscriber
				.missed("it was away, or behind, for longer than messages are kept " + "(ikigai.pubsub.retention)");
		}
	}

	void close() {
		this.closed = true;
	}

}
