package io.ikigai.platform.queue;

/**
 * Told of the claims of this process as they are made and as they are lost. Must neither
 * block nor throw. Called by several threads.
 */
public interface ClaimObserver {

	/**
	 * Tells that tasks were claimed, perhaps in a transaction that is still running.
	 * @param queue the queue's name
	 * @param tasks how many
	 */
	void claimed(String queue, int tasks);

	/**
	 * Tells that a claim was found ended though its task was still worked on: its lease
	 * was over, or the task was cancelled.
	 * @param queue the queue's name
	 */
	void lost(String queue);

}
