package io.ikigai.platform.listener;

/**
 * A listener has stopped; nothing of it runs any more.
 */
public final class ListenerStoppedEvent extends ListenerEvent {

	private static final long serialVersionUID = 1L;

	ListenerStoppedEvent(ListenerContainer listener) {
		super(listener);
	}

}
