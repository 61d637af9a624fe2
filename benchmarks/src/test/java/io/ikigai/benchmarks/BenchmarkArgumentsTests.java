package io.ikigai.benchmarks;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BenchmarkArgumentsTests {

	private static BenchmarkArguments parse(String... args) {
		return BenchmarkArguments.parse(args, List.of("enqueue", "drain"));
	}

	@Test
	void measuresEverythingFiveTimesUnlessToldOtherwise() {
		BenchmarkArguments arguments = parse();
		assertThat(arguments.rounds()).isEqualTo(5);
		assertThat(arguments.tasks()).isEqualTo(100_000);
		assertThat(arguments.wants("enqueue")).isTrue();
		assertThat(arguments.command()).isEqualTo("benchmarks/run");
	}

	@Test
	void readsNumbersGroupsAndPropertiesOfThePlatform() {
		BenchmarkArguments arguments = parse("--rounds=3", "--tasks=20000", "--only=drain", "--ikigai.queues.lease=1m");
		assertThat(arguments.rounds()).isEqualTo(3);
		assertThat(arguments.tasks()).isEqualTo(20_000);
		assertThat(arguments.wants("drain")).isTrue();
		assertThat(arguments.wants("enqueue")).isFalse();
		assertThat(arguments.properties()).containsExactly("--ikigai.queues.lease=1m");
	}

	@Test
	void refusesWhatItDoesNotKnowAndSaysWhatThereIs() {
		assertThatIllegalArgumentException().isThrownBy(() -> parse("--round=3"))
			.withMessageContaining("'--round=3'")
			.withMessageContaining("--only=enqueue,drain");
	}

	@Test
	void refusesGroupsThatAreNotThere() {
		assertThatIllegalArgumentException().isThrownBy(() -> parse("--only=drain,pickups"))
			.withMessageContaining("no group 'pickups'")
			.withMessageContaining("enqueue, drain");
	}

	@Test
	void refusesNumbersThatAreNone() {
		assertThatIllegalArgumentException().isThrownBy(() -> parse("--rounds=0"))
			.withMessage("--rounds=0: it must be a whole number from 1");
		assertThatIllegalArgumentException().isThrownBy(() -> parse("--tasks=many"))
			.withMessage("--tasks=many: it must be a whole number from 1000");
	}

}
