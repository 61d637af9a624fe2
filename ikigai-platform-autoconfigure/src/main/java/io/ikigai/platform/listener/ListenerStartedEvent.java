package io.ikigai.platform.listener;

/**
 * A listener has begun to take work.
 */
public final class ListenerStartedEvent extends ListenerEvent {

	private static final long serialVersionUID = 1L;

	ListenerStartedEvent(ListenerContainer listener) {
		super(listener);
	}

}
