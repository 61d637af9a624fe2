package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * The call of a handler on the current thread, which a timeout or a stopping container
 * may interrupt. An interrupt is given under the lock that also ends the call, so that it
 * reaches the handler or nobody: never the settling that follows or the thread's next
 * task.
 */
final class HandlerCall {

	private final ScheduledExecutorService timer;

	private final @Nullable Duration timeout;

	private @Nullable Thread running;

	private int calls;

	private boolean timedOut;

	private boolean givenBack;

	HandlerCall(ScheduledExecutorService timer, @Nullable Duration timeout) {
		this.timer = timer;
		this.timeout = timeout;
	}

	/**
	 * Calls the handler. May be called again after it returned.
	 * @param handler the handler
	 * @return what it returned
	 * @throws HandlerTimeoutException if it was interrupted, however it then ended
	 * @throws GivenBackException if its tasks were given back before it ended
	 * @throws Exception what the handler threw
	 */
	@Nullable Object run(Callable<@Nullable Object> handler) throws Exception {
		int number = begin();
		Future<?> alarm = (this.timeout != null)
				? this.timer.schedule(() -> timeOut(number), this.timeout.toMillis(), TimeUnit.MILLISECONDS) : null;
		Throwable thrown = null;
		try {
			return handler.call();
		}
		catch (Throwable ex) {
			thrown = ex;
			throw ex;
		}
		finally {
			if (alarm != null) {
				alarm.cancel(false);
			}
			end(thrown);
		}
	}

	private synchronized int begin() {
		if (this.givenBack) {
			throw new GivenBackException();
		}
		this.running = Thread.currentThread();
		this.timedOut = false;
		return ++this.calls;
	}

	private synchronized void end(@Nullable Throwable thrown) {
		this.running = null;
		// Also what the handler left behind: the thread goes on to settle and to the next
		Thread.interrupted();
		if (this.givenBack) {
			throw new GivenBackException();
		}
		if (this.timedOut && this.timeout != null) {
			throw new HandlerTimeoutException(this.timeout, thrown);
		}
	}

	private synchronized void timeOut(int number) {
		if (this.running != null && this.calls == number) {
			this.timedOut = true;
			this.running.interrupt();
		}
	}

	/**
	 * Gives back what this call works on, and interrupts it.
	 * @return {@code false} if the handler has returned: its tasks are being settled
	 */
	synchronized boolean giveBack() {
		if (this.running == null && this.calls > 0) {
			return false;
		}
		this.givenBack = true;
		if (this.running != null) {
			this.running.interrupt();
		}
		return true;
	}

}
