package io.ikigai.platform.telemetry;

/**
 * How the values of a time bucket become one.
 */
public enum Aggregation {

	/** How many events. */
	COUNT,

	/** The sum of the values. */
	SUM,

	/** The smallest value. */
	MIN,

	/** The largest value. */
	MAX,

	/** The mean of the values. */
	AVG,

	/** The median. */
	P50,

	/** The 95th percentile. */
	P95,

	/** The 99th percentile. */
	P99

}
