package io.ikigai.platform.runtime;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which values are kept near.
 */
class NearRegionTests {

	private final NearRegion region = new NearRegion(10, Duration.ofHours(1));

	@Test
	void keepsWhatWasRead() {
		this.region.keep("k", String.class, "value", null, this.region.ticket("k"));
		assertThat(this.region.find("k", String.class)).containsSame("value");
		assertThat(this.region.find("k", Object.class)).isEmpty();
	}

	@Test
	void doesNotKeepWhatChangedWhileItWasRead() {
		NearRegion.Ticket ticket = this.region.ticket("k");
		this.region.changed(List.of("k"));
		this.region.keep("k", String.class, "old", null, ticket);
		assertThat(this.region.find("k", String.class)).isEmpty();
		ticket = this.region.ticket("k");
		this.region.allChanged();
		this.region.keep("k", String.class, "old", null, ticket);
		assertThat(this.region.find("k", String.class)).isEmpty();
	}

	@Test
	void keepsNothingThatHasNoTimeLeft() {
		this.region.keep("k", String.class, "value", Duration.ZERO, this.region.ticket("k"));
		assertThat(this.region.find("k", String.class)).isEmpty();
	}

}
