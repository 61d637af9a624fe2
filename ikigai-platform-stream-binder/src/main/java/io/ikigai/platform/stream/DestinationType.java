package io.ikigai.platform.stream;

/**
 * What a destination of a binding is on the platform.
 */
public enum DestinationType {

	/**
	 * Every group gets each message, in a queue of its own that keeps what comes while
	 * the group is away; the members of a group compete. Consumers without a group get
	 * what is published while they are there.
	 */
	PUBLISH_SUBSCRIBE,

	/**
	 * The queue of the destination's name: all consumers compete, whatever their groups.
	 */
	QUEUE,

	/**
	 * The topic of the destination's name: every consumer gets each message that is
	 * published while it is there; there are no groups.
	 */
	TOPIC,

	/**
	 * The mailbox of the destination's name: one consumer at a time, in order, whatever
	 * its group.
	 */
	MAILBOX

}
