package io.ikigai.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What was measured, by workload and contestant, in the order in which it came.
 */
final class Results {

	/** The contestant that the others are compared with. */
	static final String OURS = "ikigai";

	private final Map<Workload, Map<String, Outcome>> outcomes = new LinkedHashMap<>();

	void add(Workload workload, String contestant, double value) {
		outcome(workload, contestant).values.add(value);
	}

	void note(Workload workload, String contestant, String note) {
		outcome(workload, contestant).note = note;
	}

	private Outcome outcome(Workload workload, String contestant) {
		return this.outcomes.computeIfAbsent(workload, (any) -> new LinkedHashMap<>())
			.computeIfAbsent(contestant, (any) -> new Outcome());
	}

	Set<Workload> workloads() {
		return this.outcomes.keySet();
	}

	Map<String, Outcome> of(Workload workload) {
		return this.outcomes.getOrDefault(workload, Map.of());
	}

	/**
	 * The median, or nothing where nothing was measured.
	 */
	OptionalDouble median(String workload, String contestant) {
		return this.outcomes.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().name().equals(workload) && entry.getValue().containsKey(contestant))
			.map((entry) -> entry.getValue().get(contestant))
			.filter((outcome) -> !outcome.values.isEmpty())
			.mapToDouble(Outcome::median)
			.findFirst();
	}

	/**
	 * How ours compares with another, or nothing where one of them was not measured.
	 */
	OptionalDouble ratio(String workload, String contestant) {
		return ratio(median(workload, OURS), median(workload, contestant));
	}

	static OptionalDouble ratio(OptionalDouble ours, OptionalDouble other) {
		return (ours.isPresent() && other.isPresent() && other.getAsDouble() != 0)
				? OptionalDouble.of(ours.getAsDouble() / other.getAsDouble()) : OptionalDouble.empty();
	}

	/**
	 * The numbers of one contestant.
	 */
	static final class Outcome {

		private final List<Double> values = new ArrayList<>();

		private String note = "";

		List<Double> values() {
			return this.values;
		}

		/**
		 * Why there are no numbers, or fewer; may be empty.
		 */
		String note() {
			return this.note;
		}

		double median() {
			List<Double> sorted = this.values.stream().sorted().toList();
			int half = sorted.size() / 2;
			return (sorted.size() % 2 == 1) ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
		}

		double smallest() {
			return this.values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
		}

		double largest() {
			return this.values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
		}

	}

}
