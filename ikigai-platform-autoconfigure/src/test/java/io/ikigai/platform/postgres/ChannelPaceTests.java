package io.ikigai.platform.postgres;

import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How notifications of a channel are spaced, and that this is remembered of a bounded
 * number of channels.
 */
class ChannelPaceTests {

	private static final long PAUSE = 5_000_000;

	private final ChannelPace pace = new ChannelPace(PAUSE);

	@Test
	void spacesAStreamOfNotifications() {
		IntStream.rangeClosed(0, 8).forEach((number) -> this.pace.sent(Set.of("busy"), number));
		assertThat(this.pace.waitNanos("busy", 8)).isEqualTo(PAUSE);
		assertThat(this.pace.waitNanos("other", 8)).isZero();
		this.pace.sent(Set.of("busy"), 3 * PAUSE);
		assertThat(this.pace.waitNanos("busy", 3 * PAUSE)).isZero();
	}

	@Test
	void remembersABoundedNumberOfChannels() {
		for (int user = 0; user < 10_000; user++) {
			// All of them at the same moment, so that none is old
			this.pace.sent(Set.of("channel_of_user_" + user), 0);
			assertThat(this.pace.size()).isLessThanOrEqualTo(1000);
		}
	}

}
