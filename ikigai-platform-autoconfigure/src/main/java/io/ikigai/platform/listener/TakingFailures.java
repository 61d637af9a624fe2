package io.ikigai.platform.listener;

import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * What a listener does while it cannot take its work: it tries again after growing
 * pauses, and tells of the first failure and of the end only.
 */
final class TakingFailures {

	private static final Log logger = LogFactory.getLog(TakingFailures.class);

	private final String id;

	private final ListenerThreads threads;

	private final Runnable retry;

	private @Nullable BackOffExecution backOff;

	private volatile boolean pausing;

	private volatile @Nullable String problem;

	TakingFailures(String id, ListenerThreads threads, Runnable retry) {
		this.id = id;
		this.threads = threads;
		this.retry = retry;
	}

	/**
	 * Returns why it cannot take its work, or {@code null} if it can.
	 */
	@Nullable String problem() {
		return this.problem;
	}

	boolean pausing() {
		return this.pausing;
	}

	synchronized void failed(Throwable error) {
		this.problem = "it cannot take its work: " + error.getMessage();
		if (this.pausing) {
			return;
		}
		if (this.backOff == null) {
			this.backOff = backOff();
			logger.warn("Listener '%s' cannot take its work and tries again until it can".formatted(this.id), error);
			this.threads.errors().accept(this.id, error);
		}
		this.pausing = true;
		this.threads.timer().schedule(() -> {
			this.pausing = false;
			this.retry.run();
		}, this.backOff.nextBackOff(), TimeUnit.MILLISECONDS);
	}

	synchronized void worked() {
		if (this.backOff != null) {
			this.backOff = null;
			this.problem = null;
			logger.info("Listener '%s' takes its work again".formatted(this.id));
		}
	}

	static BackOffExecution backOff() {
		ExponentialBackOff backOff = new ExponentialBackOff(100, 2);
		backOff.setMaxInterval(5000);
		return backOff.start();
	}

}
