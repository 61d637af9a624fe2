package io.ikigai.benchmarks.service;

import java.util.concurrent.Callable;

/**
 * Who takes part in a workload.
 *
 * @param name what it is called in the results
 * @param measurement measures it once
 */
public record Measured(String name, Callable<Double> measurement) {

	/**
	 * Measures it once.
	 * @return the number
	 * @throws Exception if it fails
	 */
	public double measure() throws Exception {
		return this.measurement.call();
	}

	@Override
	public String toString() {
		return this.name;
	}

}
