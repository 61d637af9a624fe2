package io.ikigai.platform.listener;

import org.springframework.context.ApplicationEvent;

/**
 * Something has happened to a listener.
 */
public abstract class ListenerEvent extends ApplicationEvent {

	private static final long serialVersionUID = 1L;

	private final transient ListenerContainer listener;

	ListenerEvent(ListenerContainer listener) {
		super(listener);
		this.listener = listener;
	}

	/**
	 * Returns the listener.
	 * @return its container
	 */
	public ListenerContainer listener() {
		return this.listener;
	}

}
