package io.ikigai.platform.pubsub;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * A listener's subscription. Safe for use by several threads.
 */
public interface ListenedSubscription extends Subscription {

	/**
	 * Asks whether the handler is at work on a message.
	 * @return whether it is
	 */
	boolean active();

	/**
	 * Ends the subscription: the handler gets no further message.
	 * @param patience how long a call that is under way may go on; then it is interrupted
	 * @return done when that call has ended, or was interrupted
	 */
	CompletableFuture<@Nullable Void> stop(Duration patience);

}
