package io.ikigai.platform.listener;

/**
 * A listener cannot take its work, such as when the backend is away. It goes on trying;
 * this is told once, until it could again.
 */
public final class ListenerFailedEvent extends ListenerEvent {

	private static final long serialVersionUID = 1L;

	private final Throwable error;

	ListenerFailedEvent(ListenerContainer listener, Throwable error) {
		super(listener);
		this.error = error;
	}

	/**
	 * Returns why.
	 * @return the error
	 */
	public Throwable error() {
		return this.error;
	}

}
