package io.ikigai.platform.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

import io.ikigai.platform.TypeRef;
import org.jspecify.annotations.Nullable;

/**
 * A claim on one task. It is settled by exactly one of {@code complete}, {@code fail},
 * {@code retry} and {@code release}; each joins the running transaction, and counts once
 * that commits. Each method that writes throws {@link StaleClaimException} when the claim
 * is no longer the caller's. Meant for one worker at a time; {@link #extend},
 * {@link #progress} and {@link #cancelled} may be called from further threads.
 */
public interface Task {

	/**
	 * Returns the task's id.
	 * @return the id
	 */
	UUID id();

	/**
	 * Returns the queue's name.
	 * @return the name
	 */
	String queue();

	/**
	 * Returns the priority.
	 * @return higher goes first
	 */
	int priority();

	/**
	 * Returns which attempt this is. Claims that ended with their worker's death are
	 * counted, released ones are not.
	 * @return from 1
	 */
	int attempt();

	/**
	 * Returns when the task was enqueued.
	 * @return the time by the backend's clock
	 */
	Instant createdAt();

	/**
	 * Returns when the task was due.
	 * @return the time by the backend's clock
	 */
	Instant scheduledFor();

	/**
	 * Returns when this claim was made.
	 * @return the time by the backend's clock
	 */
	Instant claimedAt();

	/**
	 * Returns the name of the agent that made this claim.
	 * @return this agent's name
	 */
	String claimedBy();

	/**
	 * Returns the headers given at enqueue.
	 * @return the headers, unmodifiable
	 */
	Map<String, String> headers();

	/**
	 * Returns the payload as it was enqueued: equal as JSON, not byte for byte.
	 * @return JSON
	 */
	String json();

	/**
	 * Reads the payload.
	 * @param type what to read it as
	 * @param <T> what to read it as
	 * @return the payload
	 * @throws io.ikigai.platform.PayloadException if it does not fit
	 */
	<T> T payload(Class<T> type);

	/**
	 * Reads the payload.
	 * @param type what to read it as
	 * @param <T> what to read it as
	 * @return the payload
	 * @throws io.ikigai.platform.PayloadException if it does not fit
	 */
	<T> T payload(TypeRef<T> type);

	/**
	 * Completes the task.
	 * @throws StaleClaimException if the claim is no longer the caller's
	 */
	void complete();

	/**
	 * Completes the task with a result, kept as JSON with it. A {@link Runnable} or
	 * {@link Supplier} chooses one of the overloads beside this one.
	 * @param result the result, or {@code null} for none
	 * @throws StaleClaimException if the claim is no longer the caller's
	 */
	void complete(@Nullable Object result);

	/**
	 * Runs writes and completes the task in one transaction (the running one, else one
	 * that is opened here): all of it happens or nothing. The transaction ends when the
	 * task's lease would, if the process freezes inside it.
	 * @param writes the writes; an exception rolls back and is thrown on, the claim stays
	 * @throws StaleClaimException if the claim is no longer the caller's
	 */
	void complete(Runnable writes);

	/**
	 * The same; what the writes return is the task's result.
	 * @param writes the writes
	 * @param <R> the result
	 * @return what the writes returned
	 * @throws StaleClaimException if the claim is no longer the caller's
	 */
	<R extends @Nullable Object> R complete(Supplier<R> writes);

	/**
	 * Gives the task up: it is {@link TaskState#FAILED} and not tried again unless
	 * redriven.
	 * @param error why
	 * @throws StaleClaimException if the claim is no longer the caller's
	 */
	void fail(String error);

	/**
	 * Gives the task up.
	 * @param error why
	 * @throws StaleClaimException if the claim is no longer the caller's
	 */
	void fail(Throwable error);

	/**
	 * Puts the task back to the queue, the attempt counted, however many there were.
	 * @param delay how long it is not claimed
	 * @param error why
	 * @throws StaleClaimException if the claim is no longer the caller's
	 */
	void retry(Duration delay, String error);

	/**
	 * Puts the task back to the queue as if it had not been claimed.
	 * @throws StaleClaimException if the claim is no longer the caller's
	 */
	void release();

	/**
	 * Moves the end of the lease. Never waits for a transaction that has the task.
	 * @param lease from now, by the backend's clock
	 * @throws StaleClaimException if the claim is no longer the caller's
	 */
	void extend(Duration lease);

	/**
	 * Tells how far the work has come, for people to see.
	 * @param fraction from 0 to 1
	 * @param note what is being done
	 * @throws StaleClaimException if the claim is no longer the caller's
	 */
	void progress(double fraction, String note);

	/**
	 * Asks whether the task was cancelled while it was being worked on.
	 * @return whether it was
	 */
	boolean cancelled();

}
