package io.ikigai.platform.nats;

import java.time.Duration;
import java.util.List;

import io.ikigai.platform.mailbox.FailedAttempt;
import io.ikigai.platform.nats.MailboxState.Gone;
import io.ikigai.platform.nats.MailboxState.Item;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MailboxStateTests {

	private static final MailboxState HELD = MailboxState.EMPTY.handOut("me", 1000,
			List.of(new Item(3, 1, 0, 77, 0), new Item(5, 2, 1, 77, 0), new Item(9, 1, 0, 78, 0)), List.of());

	@Test
	void isReadAsItWasWritten() {
		MailboxState state = HELD.finish(3, null)
			.finish(5, "böse\nZeile mit  Leerraum")
			.giveBack(9, new FailedAttempt(null, 5, Duration.ZERO, false), 12345)
			.with("w");
		assertThat(MailboxState.of(state.toBytes())).isEqualTo(state);
		assertThat(MailboxState.of(MailboxState.EMPTY.toBytes())).isEqualTo(MailboxState.EMPTY);
	}

	@Test
	void remembersHowFarItIs() {
		assertThat(HELD.position()).isEqualTo(9);
		assertThat(HELD.finish(9, null).position()).isEqualTo(9);
	}

	@Test
	void isHandedOutUntilAllIsRead() {
		assertThat(HELD.handedOut()).isTrue();
		assertThat(HELD.has(3, 77)).isTrue();
		assertThat(HELD.has(3, 78)).isFalse();
		MailboxState read = HELD.finish(3, null).finish(5, null).finish(9, "no");
		assertThat(read.handedOut()).isFalse();
		assertThat(read.gone()).containsExactly(new Gone(3, null), new Gone(5, null), new Gone(9, "no"));
	}

	@Test
	void givesBackAsIfNothingHadHappened() {
		assertThat(HELD.giveBack(5, null, 0).items()).containsExactly(new Item(3, 1, 0, 77, 0), new Item(5, 1, 1, 0, 0),
				new Item(9, 0, 0, 0, 0));
	}

	@Test
	void countsAFailureForTheFirstMessageOnly() {
		FailedAttempt failure = new FailedAttempt("why", 5, Duration.ofSeconds(1), false);
		assertThat(HELD.giveBack(3, failure, 99).items()).containsExactly(new Item(3, 1, 1, 0, 99),
				new Item(5, 1, 1, 0, 0), new Item(9, 0, 0, 0, 0));
	}

	@Test
	void countsHandOutsThatWereSeen() {
		FailedAttempt failure = new FailedAttempt("why", 5, Duration.ZERO, true);
		assertThat(HELD.giveBack(3, failure, 0).items()).containsExactly(new Item(3, 1, 1, 0, 0),
				new Item(5, 2, 1, 0, 0), new Item(9, 1, 0, 0, 0));
	}

	@Test
	void givesUpAfterTheLastAttempt() {
		MailboxState state = HELD.giveBack(5, new FailedAttempt(null, 2, Duration.ZERO, false), 0);
		assertThat(state.items()).containsExactly(new Item(3, 1, 0, 77, 0), new Item(9, 0, 0, 0, 0));
		assertThat(state.gone()).hasSize(1).allSatisfy((gone) -> assertThat(gone.error()).contains("2 attempts"));
	}

	@Test
	void givesBackWhatNobodyGot() {
		assertThat(HELD.giveBackUnknown((handOut) -> handOut == 77).items()).containsExactly(new Item(3, 1, 0, 77, 0),
				new Item(5, 2, 1, 77, 0), new Item(9, 0, 0, 0, 0));
	}

	@Test
	void handsOutAgainInOrder() {
		MailboxState state = HELD.giveBack(5, null, 0)
			.handOut("you", 500, List.of(new Item(5, 2, 1, 80, 0), new Item(12, 1, 0, 80, 0)),
					List.of(new Item(9, 0, 0, 0, 0)));
		assertThat(state.items()).extracting(Item::seq).containsExactly(3L, 5L, 12L);
		assertThat(state.position()).isEqualTo(12);
		assertThat(state.holder()).isEqualTo("you");
	}

}
