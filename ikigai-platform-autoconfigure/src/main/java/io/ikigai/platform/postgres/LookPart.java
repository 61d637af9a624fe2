package io.ikigai.platform.postgres;

/**
 * The parts of the look of each second. All that work run in one statement; one that
 * fails is left out of it and tried by itself.
 */
enum LookPart {

	/** Writes this process's heartbeat. */
	HEARTBEAT("heartbeat", "Other processes may take this one for late or dead"),

	/** Sends the notification to itself. */
	CANARY("canary", "It is not known whether notifications arrive"),

	/** Finds processes that died or are late. */
	PEERS("peers", "The tasks of processes that die return to their queues only when their leases end"),

	/** Finds claims whose leases may have ended. */
	CLAIMS("claims", "Tasks whose leases have ended do not return to their queues"),

	/** Finds out whether the queue has outgrown the planner's statistics. */
	STATISTICS("statistics", "Statistics of the task queue are left to autovacuum"),

	/** Finds messages that no notification announces. */
	MAILBOXES("mailboxes", "Messages that nothing announced are received only at the listeners' own polls"),

	/** Finds messages of topics that no notification announces. */
	TOPICS("topics", "Topic messages that nothing announced are delivered late"),

	/** Finds tasks that no notification announces. */
	QUEUES("queues", "Tasks that nothing announced are claimed only at the listeners' own polls");

	private final String label;

	private final String consequence;

	LookPart(String label, String consequence) {
		this.label = label;
		this.consequence = consequence;
	}

	SupervisedLook supervised() {
		return new SupervisedLook(this.label, this.consequence);
	}

}
