package io.ikigai.platform.testservers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ServerProvisionTests {

	private final LinkedHashMap<String, Supplier<RunningServer>> ways = new LinkedHashMap<>();

	private final ServerProvision provision = new ServerProvision("Thing", "TEST_THING", "Install a thing.", this.ways);

	private final List<String> tried = new ArrayList<>();

	@Test
	void failsWithEveryReasonAndTheAdviceWhenNoWayIsToBeHad() {
		unavailable("first", "no engine answers");
		unavailable("second", "it needs root");
		assertThatExceptionOfType(ServerUnavailableException.class).isThrownBy(() -> this.provision.start(null))
			.withMessage("""
					There is no Thing for tests.
					  first: no engine answers
					  second: it needs root
					Install a thing.""");
		assertThat(this.tried).containsExactly("first", "second");
	}

	@Test
	void triesTheForcedWayOnly() {
		unavailable("first", "no engine answers");
		unavailable("second", "it needs root");
		assertThatExceptionOfType(ServerUnavailableException.class).isThrownBy(() -> this.provision.start("second"))
			.withMessageContaining("second: it needs root")
			.withMessageContaining("Install a thing.")
			.withMessageContaining("TEST_THING=second")
			.withMessageNotContaining("first");
		assertThat(this.tried).containsExactly("second");
	}

	@Test
	void refusesToBeForcedToAnUnknownWay() {
		unavailable("first", "no engine answers");
		unavailable("second", "it needs root");
		assertThatExceptionOfType(ServerUnavailableException.class).isThrownBy(() -> this.provision.start("magic"))
			.withMessage("TEST_THING=magic is none of the ways to have a Thing for tests: first, second");
		assertThat(this.tried).isEmpty();
	}

	@Test
	void doesNotHideTheFailureOfAWayThatShouldWork() {
		this.ways.put("first", () -> {
			throw new IllegalStateException("it does not start");
		});
		unavailable("second", "it needs root");
		assertThatIllegalStateException().isThrownBy(() -> this.provision.start(null)).withMessage("it does not start");
		assertThat(this.tried).isEmpty();
	}

	private void unavailable(String way, String reason) {
		this.ways.put(way, () -> {
			this.tried.add(way);
			throw new ServerUnavailableException(reason);
		});
	}

}
