package io.ikigai.platform.pubsub;

/**
 * Who gets messages from a {@link TopicStore}. Called by one thread at a time; does not
 * block and throws nothing.
 */
public interface TopicSubscriber {

	/**
	 * Hands over the next message.
	 * @param message the message
	 * @param whenRoom what the subscriber calls once, from any thread, when it refused
	 * this message and has room again
	 * @return whether it took the message; a store that can offers what was refused
	 * again, another one tells by {@link #missed(String)} that it is lost
	 */
	boolean offer(TopicMessage message, Runnable whenRoom);

	/**
	 * Tells that messages of its topics may never be handed to it.
	 * @param reason why, for the log
	 */
	void missed(String reason);

}
