package io.ikigai.benchmarks;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * What is to be reached.
 *
 * @param what the row
 * @param limit the number
 * @param atLeast whether more is better
 * @param unit what the number is, such as {@code × raw SQL}
 * @param measured takes it from the results; nothing where it was not measured
 */
record Goal(String what, double limit, boolean atLeast, String unit, Function<Results, OptionalDouble> measured) {

	/**
	 * Ours divided by another's is at least so much.
	 */
	static Goal timesAs(double limit, String workload, String contestant) {
		return new Goal(workload, limit, true, "× " + contestant, (results) -> results.ratio(workload, contestant));
	}

	/**
	 * Ours divided by the best of others is at least so much, where more is better.
	 */
	static Goal timesTheBest(double limit, String workload, String... peers) {
		return new Goal(workload, limit, true, "× the best peer",
				(results) -> Results.ratio(results.median(workload, Results.OURS),
						Arrays.stream(peers)
							.map((peer) -> results.median(workload, peer))
							.filter(OptionalDouble::isPresent)
							.mapToDouble(OptionalDouble::getAsDouble)
							.max()));
	}

	/**
	 * Ours divided by the best of others is at most so much, where less is better.
	 */
	static Goal timesTheShortest(double limit, String workload, String... peers) {
		return new Goal(workload, limit, false, "× the best peer",
				(results) -> Results.ratio(results.median(workload, Results.OURS),
						Arrays.stream(peers)
							.map((peer) -> results.median(workload, peer))
							.filter(OptionalDouble::isPresent)
							.mapToDouble(OptionalDouble::getAsDouble)
							.min()));
	}

	/**
	 * What ours reaches under a burden, which has a name of its own, divided by ours
	 * without it is at least so much.
	 */
	static Goal shareOf(double limit, String workload, String burdened) {
		return new Goal(burdened, limit, true, "× without",
				(results) -> Results.ratio(results.median(workload, burdened), results.median(workload, Results.OURS)));
	}

	/**
	 * Ours is at most so much.
	 */
	static Goal atMost(double limit, String unit, String workload) {
		return new Goal(workload, limit, false, unit, (results) -> results.median(workload, Results.OURS));
	}

	String text() {
		return (this.atLeast ? "≥ " : "≤ ") + Report.number(this.limit) + " " + this.unit;
	}

	String verdict(Results results) {
		OptionalDouble value = this.measured.apply(results);
		if (value.isEmpty()) {
			return "not run";
		}
		boolean met = this.atLeast ? value.getAsDouble() >= this.limit : value.getAsDouble() <= this.limit;
		return met ? "met" : "not met";
	}

}
