package io.ikigai.platform.listener;

import java.util.Locale;

/**
 * What a listener listens to.
 */
public enum ListenerKind {

	/**
	 * The tasks of a queue.
	 */
	QUEUE,

	/**
	 * The messages of a mailbox.
	 */
	MAILBOX,

	/**
	 * What is published on a topic.
	 */
	TOPIC;

	/**
	 * Returns the word for it.
	 * @return such as {@code queue}
	 */
	public String word() {
		return name().toLowerCase(Locale.ROOT);
	}

}
