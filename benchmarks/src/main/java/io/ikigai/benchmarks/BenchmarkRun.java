package io.ikigai.benchmarks;

import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * One run: what it measures on, what was asked for, and what came out.
 *
 * @param server the PostgreSQL
 * @param arguments what was asked for
 * @param results what was measured so far
 */
record BenchmarkRun(BenchmarkServer server, BenchmarkArguments arguments, Results results) {

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

	/**
	 * Measures a workload: in each round every contestant once, each round beginning with
	 * another. A contestant that fails is out, and the reason is told in the results.
	 * @param workload what is measured, and its unit
	 * @param contestants who takes part
	 * @param measurement measures one contestant once
	 * @param <C> a contestant; its {@code toString} is its name
	 */
	<C> void measure(Workload workload, List<C> contestants, Measurement<C> measurement) {
		List<C> turns = new ArrayList<>(contestants);
		for (int round = 0; round < this.arguments.rounds(); round++) {
			for (C contestant : List.copyOf(turns)) {
				try {
					double value = measurement.measure(contestant);
					this.results.add(workload, contestant.toString(), value);
					progress(String.format(Locale.ROOT, "%s, %s: %,.2f %s", workload.name(), contestant, value,
							workload.unit()));
				}
				catch (Exception ex) {
					turns.remove(contestant);
					note(workload, contestant.toString(), "failed: " + ex.getMessage());
				}
			}
			Collections.rotate(turns, -1);
		}
	}

	/**
	 * Says in the results why there is no number.
	 */
	void note(Workload workload, String contestant, String note) {
		progress(workload.name() + ", " + contestant + ": " + note);
		this.results.note(workload, contestant, note);
	}

	/**
	 * Starts the processes of contestants; the caller closes them.
	 */
	QueueTeams open(List<QueueContestant> contestants, int processes) throws Exception {
		return QueueTeams.open(this, contestants, processes);
	}

	void progress(String line) {
		System.out.println(LocalTime.now().format(TIME) + " " + line);
	}

	/**
	 * Measures one contestant once.
	 *
	 * @param <C> a contestant
	 */
	interface Measurement<C> {

		double measure(C contestant) throws Exception;

	}

}
