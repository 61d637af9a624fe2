package io.ikigai.platform.nats;

import java.time.Instant;
import java.util.List;

import io.ikigai.platform.nats.HeldMailboxes.Held;
import io.ikigai.platform.nats.MailboxStates.Entry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is known of mailboxes that nothing is handed out of does not grow with their
 * number.
 */
class HeldMailboxesTests {

	private static final int LIMIT = 10;

	private final HeldMailboxes held = new HeldMailboxes(LIMIT);

	@Test
	void forgetsFurtherMailboxesAfterEachUse() {
		for (int user = 0; user < 100 * LIMIT; user++) {
			this.held.with("mailbox-of-user-" + user, (mine) -> {
				mine.wrote(entry(0, List.of()));
				return true;
			});
			assertThat(this.held.size()).isLessThanOrEqualTo(LIMIT);
		}
	}

	@Test
	void keepsWhatIsHandedOutUntilItsLeaseEnds() {
		MailboxState.Item item = new MailboxState.Item(1, 1, 0, 7, 0);
		for (int user = 0; user < 3 * LIMIT; user++) {
			this.held.with("mailbox-of-user-" + user, (mine) -> {
				mine.wrote(entry(60_000, List.of(item)));
				mine.reached(7);
				return true;
			});
		}
		assertThat(this.held.size()).isEqualTo(3 * LIMIT);
		assertThat((boolean) this.held.with("mailbox-of-user-29", (mine) -> mine.hasReached(7))).isTrue();
		this.held.with("mailbox-of-user-29", (mine) -> {
			mine.wrote(entry(0, List.of(item)));
			return true;
		});
		assertThat((boolean) this.held.with("mailbox-of-user-29", (mine) -> mine.hasReached(7))).isFalse();
	}

	@Test
	void keepsWhatIsUsedByAnotherCall() {
		for (int user = 0; user <= LIMIT; user++) {
			this.held.with("mailbox-of-user-" + user, (mine) -> true);
		}
		boolean same = this.held.with("used", (mine) -> {
			Held inner = this.held.with("used", (again) -> again);
			return inner == mine && this.held.<Held>with("used", (again) -> again) == mine;
		});
		assertThat(same).isTrue();
	}

	private static Entry entry(long leaseMillis, List<MailboxState.Item> items) {
		return new Entry(new MailboxState("w", "me", leaseMillis, 1, items, List.of()), 1, Instant.EPOCH);
	}

}
