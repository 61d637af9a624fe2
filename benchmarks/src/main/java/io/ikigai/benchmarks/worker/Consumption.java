package io.ikigai.benchmarks.worker;

/**
 * What is done with tasks. Each has a queue of its own, where the contestant knows
 * queues.
 */
public enum Consumption {

	/** The handler does nothing. */
	NOTHING,

	/** The handler writes one row, which is committed together with the completion. */
	WRITE,

	/**
	 * The same, but claim, handler and completion are one transaction.
	 */
	WRITE_IN_TRANSACTION,

	/** The handler does nothing; traffic beside what is measured. */
	TRAFFIC

}
