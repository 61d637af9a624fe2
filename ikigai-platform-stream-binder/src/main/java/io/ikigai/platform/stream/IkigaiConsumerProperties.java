package io.ikigai.platform.stream;

import org.jspecify.annotations.Nullable;

/**
 * What a consumer of this binder can be told beside what Spring Cloud Stream knows.
 */
public class IkigaiConsumerProperties {

	/**
	 * What the destination is on the platform.
	 */
	private DestinationType destinationType = DestinationType.PUBLISH_SUBSCRIBE;

	/**
	 * Whether claim, handler, what it writes and sends, and completion are one
	 * transaction. Attempts are then made one after the other through the queue.
	 */
	private boolean transactional;

	/**
	 * How many messages a call gets at most when spring.cloud.stream's batch-mode is on,
	 * from 1 to 1000.
	 */
	private int batchSize = 100;

	/**
	 * Whether what is given up is sent to a queue of dead letters, in the transaction
	 * that gives it up.
	 */
	private boolean enableDlq;

	/**
	 * The queue of dead letters. By default the name of the destination, and of the group
	 * after a dot, with ".dlq" at the end.
	 */
	private @Nullable String dlqName;

	/**
	 * Returns what the destination is on the platform.
	 * @return the type
	 */
	public DestinationType getDestinationType() {
		return this.destinationType;
	}

	/**
	 * Sets what the destination is on the platform.
	 * @param destinationType the type
	 */
	public void setDestinationType(DestinationType destinationType) {
		this.destinationType = destinationType;
	}

	/**
	 * Returns whether handling a message is one transaction.
	 * @return whether it is
	 */
	public boolean isTransactional() {
		return this.transactional;
	}

	/**
	 * Sets whether handling a message is one transaction.
	 * @param transactional whether it is
	 */
	public void setTransactional(boolean transactional) {
		this.transactional = transactional;
	}

	/**
	 * Returns the size of batches.
	 * @return how many messages at most
	 */
	public int getBatchSize() {
		return this.batchSize;
	}

	/**
	 * Sets the size of batches.
	 * @param batchSize how many messages at most
	 */
	public void setBatchSize(int batchSize) {
		this.batchSize = batchSize;
	}

	/**
	 * Returns whether there is a queue of dead letters.
	 * @return whether there is
	 */
	public boolean isEnableDlq() {
		return this.enableDlq;
	}

	/**
	 * Sets whether there is a queue of dead letters.
	 * @param enableDlq whether there is
	 */
	public void setEnableDlq(boolean enableDlq) {
		this.enableDlq = enableDlq;
	}

	/**
	 * Returns the name of the queue of dead letters.
	 * @return the name, if one is set
	 */
	public @Nullable String getDlqName() {
		return this.dlqName;
	}

	/**
	 * Sets the name of the queue of dead letters.
	 * @param dlqName the name, or {@code null} for the default
	 */
	public void setDlqName(@Nullable String dlqName) {
		this.dlqName = dlqName;
	}

}
