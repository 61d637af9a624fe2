package io.ikigai.platform.listener;

/**
 * Adds listeners that no annotation stands for, such as one per tenant. Beans of this
 * type are called once, after all singletons are there and before any listener starts.
 */
@FunctionalInterface
public interface ListenerConfigurer {

	/**
	 * Adds listeners.
	 * @param registrar takes them
	 */
	void configure(ListenerRegistrar registrar);

}
