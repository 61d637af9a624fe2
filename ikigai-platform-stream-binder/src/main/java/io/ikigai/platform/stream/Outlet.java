package io.ikigai.platform.stream;

import org.jspecify.annotations.Nullable;

/**
 * Sends to a destination. Joins the running transaction. Safe for use by several threads.
 */
@FunctionalInterface
interface Outlet {

	/**
	 * Sends a message.
	 * @param message the message
	 * @param partition the partition, if the producer is partitioned
	 */
	void send(WireMessage message, @Nullable Integer partition);

}
