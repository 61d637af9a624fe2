package io.ikigai.platform.rabbitmq;

import java.time.Duration;

import io.ikigai.platform.queue.TaskClaim;

/**
 * A task that this process has claimed: its message is not acknowledged, and the broker
 * gives it to somebody else when the channel is gone. The lease ends by this process's
 * own clock. Safe for use by several threads.
 */
final class HeldTask {

	private final TaskClaim claim;

	private final TaskMessage message;

	private final Arrived arrived;

	private long leaseEnd;

	private boolean taken;

	HeldTask(TaskClaim claim, TaskMessage message, Arrived arrived) {
		this.claim = claim;
		this.message = message;
		this.arrived = arrived;
		this.leaseEnd = System.nanoTime() + claim.lease().toNanos();
	}

	TaskClaim claim() {
		return this.claim;
	}

	TaskMessage message() {
		return this.message;
	}

	Arrived arrived() {
		return this.arrived;
	}

	private boolean expired() {
		return System.nanoTime() - this.leaseEnd >= 0;
	}

	boolean gone() {
		return !this.arrived.channel().isOpen();
	}

	/**
	 * Tells whether the claim is still good.
	 */
	synchronized boolean held() {
		return !this.taken && !expired() && !gone();
	}

	/**
	 * Takes the claim, so that nobody else ends it.
	 * @return whether it was still good
	 */
	synchronized boolean take() {
		boolean good = held();
		this.taken = this.taken || good;
		return good;
	}

	/**
	 * Takes the claim if its lease has ended.
	 */
	synchronized boolean takeExpired() {
		boolean over = !this.taken && expired();
		this.taken = this.taken || over;
		return over;
	}

	/**
	 * Undoes the taking: what was to be done could not be done.
	 */
	synchronized void restore() {
		this.taken = false;
	}

	synchronized boolean extend(Duration lease) {
		boolean good = held();
		if (good) {
			this.leaseEnd = System.nanoTime() + lease.toNanos();
		}
		return good;
	}

}
