package io.ikigai.platform;

/**
 * A store whose backend takes less than what is configured: what is larger is refused
 * before anything is written. Implemented by such a store beside its own interface. Safe
 * for use by several threads.
 */
public interface PayloadLimit {

	/**
	 * Returns the largest payload that the backend takes now.
	 * @return the size of its JSON as UTF-8, in bytes
	 */
	long maxPayloadBytes();

}
