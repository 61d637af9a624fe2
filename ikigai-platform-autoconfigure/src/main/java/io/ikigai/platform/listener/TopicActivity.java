package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.ikigai.platform.pubsub.ListenedSubscription;
import org.jspecify.annotations.Nullable;

/**
 * A listener of topics between its start and its stop: a subscription.
 */
final class TopicActivity implements Activity {

	private final ListenedSubscription subscription;

	private volatile boolean stopping;

	TopicActivity(ListenedSubscription subscription) {
		this.subscription = subscription;
	}

	@Override
	public int active() {
		return this.subscription.active() ? 1 : 0;
	}

	@Override
	public void pause(boolean paused) {
		// Its container refuses
	}

	@Override
	public long idleNanos() {
		return 0;
	}

	@Override
	public CompletableFuture<@Nullable Void> stop(Duration patience) {
		this.stopping = true;
		return this.subscription.stop(patience);
	}

	@Override
	public boolean stopping() {
		return this.stopping;
	}

	@Override
	public @Nullable String problem() {
		return null;
	}

}
