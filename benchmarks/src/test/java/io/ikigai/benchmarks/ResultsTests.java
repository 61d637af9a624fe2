package io.ikigai.benchmarks;

import java.util.OptionalDouble;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ResultsTests {

	private static final Workload DRAIN = Workload.tasksPerSecond("drain");

	private final Results results = new Results();

	@Test
	void takesTheMiddleOfAnOddNumberOfRounds() {
		add("ikigai", 9, 1, 5);
		assertThat(this.results.median("drain", "ikigai")).hasValue(5);
		assertThat(this.results.of(DRAIN).get("ikigai").smallest()).isEqualTo(1);
		assertThat(this.results.of(DRAIN).get("ikigai").largest()).isEqualTo(9);
	}

	@Test
	void takesTheMeanOfTheTwoInTheMiddleOfAnEvenNumber() {
		add("ikigai", 4, 1, 2, 9);
		assertThat(this.results.median("drain", "ikigai")).hasValue(3);
	}

	@Test
	void comparesOursWithOthers() {
		add("ikigai", 6);
		add("peer", 4);
		assertThat(this.results.ratio("drain", "peer")).hasValue(1.5);
		assertThat(this.results.ratio("drain", "nobody")).isEmpty();
		assertThat(this.results.ratio("nothing", "peer")).isEmpty();
	}

	@Test
	void hasNoRatioWithWhoWasNotRun() {
		add("ikigai", 6);
		this.results.note(DRAIN, "peer", "not run");
		assertThat(this.results.ratio("drain", "peer")).isEqualTo(OptionalDouble.empty());
	}

	@Test
	void judgesGoals() {
		add("ikigai", 6);
		add("slow", 2);
		add("fast", 4);
		assertThat(Goal.timesTheBest(1.5, "drain", "slow", "fast").verdict(this.results)).isEqualTo("met");
		assertThat(Goal.timesTheShortest(0.3, "drain", "slow", "fast").verdict(this.results)).isEqualTo("not met");
		assertThat(Goal.timesAs(2, "drain", "fast").verdict(this.results)).isEqualTo("not met");
		assertThat(Goal.timesAs(2, "drain", "nobody").verdict(this.results)).isEqualTo("not run");
		assertThat(Goal.shareOf(0.6, "drain", "fast").verdict(this.results)).isEqualTo("met");
		assertThat(Goal.atMost(5, "ms", "drain").verdict(this.results)).isEqualTo("not met");
	}

	private void add(String contestant, double... values) {
		for (double value : values) {
			this.results.add(DRAIN, contestant, value);
		}
	}

}
