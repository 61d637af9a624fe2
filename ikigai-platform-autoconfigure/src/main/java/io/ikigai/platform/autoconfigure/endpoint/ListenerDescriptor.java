package io.ikigai.platform.autoconfigure.endpoint;

import io.ikigai.platform.listener.ListenerContainer;

/**
 * A listener of this process as the endpoint shows it.
 *
 * @param id its id
 * @param kind {@code queue}, {@code mailbox} or {@code topic}
 * @param destination the name of what it listens to
 * @param running whether it takes work
 * @param paused whether it is told to take nothing for now
 * @param concurrency how many handler calls run at the same time at most
 * @param active how many run now
 */
public record ListenerDescriptor(String id, String kind, String destination, boolean running, boolean paused,
		int concurrency, int active) {

	static ListenerDescriptor of(ListenerContainer container) {
		return new ListenerDescriptor(container.id(), container.kind().word(), container.destination(),
				container.isRunning(), container.isPaused(), container.concurrency().max(), container.active());
	}

}
