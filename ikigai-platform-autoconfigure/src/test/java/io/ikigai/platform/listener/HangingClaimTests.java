package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Claims that get no answer.
 */
class HangingClaimTests {

	private static final Duration OVERDUE = Duration.ofMillis(100);

	private final ListenerThreads threads = new ListenerThreads((listener, error) -> {
	});

	private final CountDownLatch answer = new CountDownLatch(1);

	@AfterEach
	void shutdown() {
		this.answer.countDown();
		this.threads.shutdown();
	}

	@Test
	void doNotKeepThreadsFromOtherListeners() {
		CountDownLatch other = new CountDownLatch(1);
		for (int i = 0; i < 20; i++) {
			this.threads.claimers().execute(this::hang);
		}
		this.threads.claimers().execute(other::countDown);
		Waits.open("another listener claims", other);
	}

	@Test
	void doNotMakeTheirListenerDeaf() {
		AtomicInteger claims = new AtomicInteger();
		Takings takings = new Takings(this.threads, () -> {
			if (claims.incrementAndGet() == 1) {
				hang();
			}
			return true;
		}, () -> false, OVERDUE);
		takings.wake();
		Waits.until("the listener claims again and again", () -> {
			takings.wake();
			return claims.get() > 3;
		});
		takings.end();
	}

	@Test
	void giveTheirSlotsToTheNextClaim() {
		Slots slots = new Slots(2);
		Reservations reservations = new Reservations(slots, null, OVERDUE);
		Reservations.Reservation hanging = reservations.reserve();
		assertThat(hanging.size()).isEqualTo(2);
		Waits.until("the claim is overdue", () -> reservations.problem() != null);
		Reservations.Reservation next = reservations.reserve();
		assertThat(next.size()).isEqualTo(2);
		assertThat(next.slotsFor(1)).isEqualTo(1);
		next.end();
		// The other one is left for what comes too late
		assertThat(hanging.slotsFor(2)).isEqualTo(1);
		hanging.end();
		slots.give(2);
		assertThat(slots.allFree()).isTrue();
		assertThat(reservations.problem()).isNull();
	}

	private void hang() {
		try {
			this.answer.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
