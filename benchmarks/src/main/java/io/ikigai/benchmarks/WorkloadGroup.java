package io.ikigai.benchmarks;

import java.util.List;

/**
 * Workloads that are measured together, with the contestants they need.
 */
interface WorkloadGroup {

	/**
	 * What {@code --only} calls it.
	 */
	String name();

	/**
	 * Measures, for as many rounds as the run wants, and hands the results to the run.
	 */
	void run(BenchmarkRun run) throws Exception;

	/**
	 * What is to be reached.
	 */
	default List<Goal> goals() {
		return List.of();
	}

}
