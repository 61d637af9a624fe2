package io.ikigai.benchmarks;

/**
 * What is measured.
 *
 * @param name a few words, unique in the run
 * @param unit of the numbers, such as {@code tasks/s} or {@code ms}
 */
record Workload(String name, String unit) {

	static Workload tasksPerSecond(String name) {
		return new Workload(name, "tasks/s");
	}

}
