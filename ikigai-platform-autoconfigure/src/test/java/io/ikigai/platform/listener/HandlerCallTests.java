package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HandlerCallTests {

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

	@AfterEach
	void shutdown() {
		this.timer.shutdownNow();
	}

	@Test
	void leavesNoInterruptBehindHoweverCloseTheTimeoutIs() throws Exception {
		int timedOut = 0;
		long length = 1_000_000;
		for (int i = 0; i < 1000; i++) {
			HandlerCall call = new HandlerCall(this.timer, Duration.ofMillis(1));
			long end = System.nanoTime() + length;
			try {
				call.run(() -> {
					while (System.nanoTime() < end) {
						Thread.onSpinWait();
					}
					return null;
				});
				// Feeling for the moment at which this machine's timer fires
				length += length / 50;
			}
			catch (HandlerTimeoutException ex) {
				timedOut++;
				length -= length / 50;
			}
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		}
		// No timeout is left to fire.
		Waits.end(this.timer);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(timedOut).isPositive();
	}

	@Test
	void clearsTheInterruptThatAHandlerLeaves() throws Exception {
		new HandlerCall(this.timer, null).run(() -> {
			Thread.currentThread().interrupt();
			return null;
		});
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void tellsTheTimeoutAndWhatTheHandlerThrew() {
		HandlerCall call = new HandlerCall(this.timer, Duration.ofMillis(20));
		assertThatExceptionOfType(HandlerTimeoutException.class).isThrownBy(() -> call.run(() -> {
			new CountDownLatch(1).await();
			return null;
		})).withMessageContaining("PT0.02S").withCauseInstanceOf(InterruptedException.class);
	}

	@Test
	void doesNotBeginWhatWasGivenBack() {
		HandlerCall call = new HandlerCall(this.timer, null);
		assertThat(call.giveBack()).isTrue();
		assertThatExceptionOfType(GivenBackException.class).isThrownBy(() -> call.run(() -> "never"));
	}

	@Test
	void doesNotGiveBackWhatHasReturned() throws Exception {
		HandlerCall call = new HandlerCall(this.timer, null);
		assertThat(call.run(() -> "done")).isEqualTo("done");
		assertThat(call.giveBack()).isFalse();
	}

}
