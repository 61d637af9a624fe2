package io.ikigai.platform.listener;

import java.time.Duration;

/**
 * A listener has had nothing to do for {@code ikigai.listeners.idle-event-interval}; told
 * again after each further interval. Not of listeners of topics.
 */
public final class ListenerIdleEvent extends ListenerEvent {

	private static final long serialVersionUID = 1L;

	private final Duration idle;

	ListenerIdleEvent(ListenerContainer listener, Duration idle) {
		super(listener);
		this.idle = idle;
	}

	/**
	 * Returns for how long it has had nothing to do.
	 * @return the time since the last handler ended, or since the start
	 */
	public Duration idle() {
		return this.idle;
	}

}
