package io.ikigai.platform;

/**
 * Thrown at once where a backend cannot do what others can. Nothing was changed.
 */
public final class UnsupportedByBackendException extends UnsupportedOperationException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param what what was asked for
	 * @param backend the backend, as {@code ikigai.services.*} spells it
	 * @param wayOut the key that makes it possible, or the backends that can
	 */
	public UnsupportedByBackendException(String what, String backend, String wayOut) {
		super(what + " cannot be had on the backend " + backend + ". " + wayOut);
	}

}
