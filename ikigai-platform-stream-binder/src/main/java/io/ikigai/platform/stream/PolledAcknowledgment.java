package io.ikigai.platform.stream;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.integration.acks.AcknowledgmentCallback;

/**
 * Settles what was polled, once. Safe for use by several threads.
 */
final class PolledAcknowledgment implements AcknowledgmentCallback {

	private final Claim claim;

	private final Consumer<PolledAcknowledgment> settled;

	private boolean acknowledged;

	private boolean autoAck = true;

	private @Nullable Throwable error;

	/**
	 * Creates the acknowledgment.
	 * @param claim what was polled
	 * @param settled is told when it is settled
	 */
	PolledAcknowledgment(Claim claim, Consumer<PolledAcknowledgment> settled) {
		this.claim = claim;
		this.settled = settled;
	}

	/**
	 * Notes why it is about to be rejected.
	 * @param error what its handler threw
	 */
	synchronized void failed(Throwable error) {
		this.error = error;
	}

	@Override
	public synchronized void acknowledge(Status status) {
		if (this.acknowledged) {
			return;
		}
		switch (status) {
			case ACCEPT -> this.claim.accept();
			case REQUEUE -> this.claim.requeue();
			case REJECT -> this.claim
				.reject((this.error != null) ? this.error : new IllegalStateException("Rejected by its consumer"));
		}
		this.acknowledged = true;
		this.settled.accept(this);
	}

	@Override
	public synchronized boolean isAcknowledged() {
		return this.acknowledged;
	}

	@Override
	public synchronized void noAutoAck() {
		this.autoAck = false;
	}

	@Override
	public synchronized boolean isAutoAck() {
		return this.autoAck;
	}

	/**
	 * What was polled and waits for its settling.
	 */
	interface Claim {

		/**
		 * Settles it as done.
		 */
		void accept();

		/**
		 * Gives it up.
		 * @param error why
		 */
		void reject(Throwable error);

		/**
		 * Gives it back.
		 */
		void requeue();

	}

}
