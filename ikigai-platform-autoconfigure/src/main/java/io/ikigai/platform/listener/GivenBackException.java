package io.ikigai.platform.listener;

/**
 * Ends the work on tasks that a stopping container has given back: nothing of it may be
 * settled any more.
 */
final class GivenBackException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	GivenBackException() {
		super("The tasks were given back because the listener stopped", null, false, false);
	}

}
