package io.ikigai.platform.testing;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/**
 * How tests wait: for a condition, as long as a very slow machine may need, and no longer
 * than the condition takes. No test has a limit of its own, sleeps, or asserts that
 * something was fast; speed is measured in {@code benchmarks}.
 *
 * <p>
 * To show that something does <em>not</em> happen, don't wait for some seconds: wait for
 * a later event that proves it (the next task was handled, the other process has looked
 * twice), and assert then.
 *
 * <p>
 * Every method fails with an {@link AssertionError} that names what was waited for if
 * {@link #LIMIT} passes. An interrupt is an error, too; the thread stays interrupted.
 */
public final class Waits {

	/**
	 * The longest a test waits for anything: 2 minutes. A passing test never waits that
	 * long. Also for calls that take a duration: {@code queue.claim(Waits.LIMIT)}.
	 */
	public static final Duration LIMIT = Duration.ofMinutes(2);

	private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

	private Waits() {
	}

	/**
	 * Starts a condition of Awaitility with the one limit; looks at once, then every 20
	 * ms.
	 * @return the condition to be described: {@code await().untilAsserted(...)}
	 */
	public static ConditionFactory await() {
		return limited(Awaitility.await());
	}

	/**
	 * Starts a condition of Awaitility with the one limit; looks at once, then every 20
	 * ms.
	 * @param what names the condition in the message of a failure
	 * @return the condition to be described
	 */
	public static ConditionFactory await(String what) {
		return limited(Awaitility.await(what));
	}

	private static ConditionFactory limited(ConditionFactory condition) {
		return condition.atMost(LIMIT).pollDelay(Duration.ZERO).pollInterval(POLL_INTERVAL);
	}

	/**
	 * Waits until the condition is true.
	 * @param what names the condition in the message of a failure
	 * @param condition asked again and again, by another thread; what it throws fails the
	 * test at once
	 */
	public static void until(String what, Callable<Boolean> condition) {
		await(what).until(condition);
	}

	/**
	 * Waits until a value is as it should be.
	 * @param what names the condition in the message of a failure
	 * @param value asked for again and again, by another thread; what it throws fails the
	 * test at once
	 * @param condition true of the value that is waited for
	 * @return the value
	 */
	public static <T> T until(String what, Callable<T> value, Predicate<? super T> condition) {
		return await(what).until(value, condition);
	}

	/**
	 * Waits until the assertions hold.
	 * @param what names the condition in the message of a failure
	 * @param assertions made again and again, by another thread
	 */
	public static void untilAsserted(String what, ThrowingRunnable assertions) {
		await(what).untilAsserted(assertions);
	}

	/**
	 * Waits until the latch is open.
	 * @param what names what opens it: "the handler has started"
	 */
	public static void open(String what, CountDownLatch latch) {
		require(what, uninterrupted(what, (millis) -> latch.await(millis, TimeUnit.MILLISECONDS)));
	}

	/**
	 * Waits for the next element of a queue and removes it.
	 * @param what names the element: "the second message"
	 */
	public static <T> T next(String what, BlockingQueue<T> queue) {
		T next = uninterrupted(what, (millis) -> queue.poll(millis, TimeUnit.MILLISECONDS));
		require(what, next != null);
		return next;
	}

	/**
	 * Waits for the value of a future.
	 * @param what names the value: "the answer of the receiver"
	 * @throws ExecutionException if the future failed
	 */
	public static <T> T value(String what, Future<T> future) throws ExecutionException {
		try {
			return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			throw notWithinLimit(what);
		}
		catch (InterruptedException ex) {
			throw interrupted(what, ex);
		}
	}

	/**
	 * Waits until the thread has ended.
	 */
	public static void end(Thread thread) {
		String what = "the end of thread " + thread.getName();
		require(what, uninterrupted(what, (millis) -> {
			thread.join(millis);
			return !thread.isAlive();
		}));
	}

	/**
	 * Waits until the process has ended.
	 * @return its exit code
	 */
	public static int end(Process process) {
		String what = "the end of process " + process.pid();
		require(what, uninterrupted(what, (millis) -> process.waitFor(millis, TimeUnit.MILLISECONDS)));
		return process.exitValue();
	}

	/**
	 * Takes no more tasks and waits until those that are running have ended.
	 */
	public static void end(ExecutorService executor) {
		executor.shutdown();
		String what = "the end of all tasks of " + executor;
		require(what, uninterrupted(what, (millis) -> executor.awaitTermination(millis, TimeUnit.MILLISECONDS)));
	}

	/**
	 * Slows a load or a network down: pauses for a time, or until it is to end. Not a way
	 * to wait for something.
	 * @param time how long at most
	 * @param end open when it is to end
	 * @return whether it is to end
	 * @throws InterruptedException if the thread is interrupted
	 */
	public static boolean pause(Duration time, CountDownLatch end) throws InterruptedException {
		return end.await(time.toNanos(), TimeUnit.NANOSECONDS);
	}

	private static <T extends @Nullable Object> T uninterrupted(String what, Limited<T> wait) {
		try {
			return wait.within(LIMIT.toMillis());
		}
		catch (InterruptedException ex) {
			throw interrupted(what, ex);
		}
	}

	private static void require(String what, boolean happened) {
		if (!happened) {
			throw notWithinLimit(what);
		}
	}

	private static AssertionError notWithinLimit(String what) {
		return new AssertionError("Waited " + LIMIT.toSeconds() + " seconds in vain for: " + what);
	}

	private static AssertionError interrupted(String what, InterruptedException ex) {
		Thread.currentThread().interrupt();
		return new AssertionError("Interrupted while waiting for: " + what, ex);
	}

	/** A wait that ends after a number of milliseconds at the latest. */
	private interface Limited<T extends @Nullable Object> {

		T within(long millis) throws InterruptedException;

	}

}
