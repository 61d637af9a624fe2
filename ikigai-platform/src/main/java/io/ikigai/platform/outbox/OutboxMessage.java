package io.ikigai.platform.outbox;

import java.time.Duration;
import java.util.UUID;

/**
 * Something that is sent to another backend once it is committed.
 *
 * @param position its place in the order; 0 before it is stored
 * @param service the service that it is for, such as {@code queues}
 * @param destination the queue, mailbox, topic or region
 * @param id the id that it bears at its destination
 * @param body what to send, as JSON
 * @param age how long ago it was stored, by the database's clock; zero before
 */
public record OutboxMessage(long position, String service, String destination, UUID id, String body, Duration age) {

	/**
	 * Creates a message that is to be stored.
	 * @param service the service that it is for
	 * @param destination the queue, mailbox, topic or region
	 * @param id the id that it bears at its destination
	 * @param body what to send, as JSON
	 */
	public OutboxMessage(String service, String destination, UUID id, String body) {
		this(0, service, destination, id, body, Duration.ZERO);
	}

}
