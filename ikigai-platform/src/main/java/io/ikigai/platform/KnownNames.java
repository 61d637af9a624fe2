package io.ikigai.platform;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names for which a backend has done something that need not be done again, such as
 * declaring a queue. Applications choose names, perhaps one for each of their users, so
 * that the memory is bounded: beyond 10,000 names all are forgotten, and the work, which
 * must bear being repeated, is done again. Safe for use by several threads.
 */
public final class KnownNames {

	/** How many names are remembered at most. */
	public static final int LIMIT = 10_000;

	private final Set<String> names = ConcurrentHashMap.newKeySet();

	/**
	 * Creates an empty memory.
	 */
	public KnownNames() {
	}

	/**
	 * Asks for a name.
	 * @param name the name
	 * @return whether it is remembered
	 */
	public boolean contains(String name) {
		return this.names.contains(name);
	}

	/**
	 * Remembers a name, and may forget all others.
	 * @param name the name
	 */
	public void add(String name) {
		if (this.names.size() >= LIMIT) {
			this.names.clear();
		}
		this.names.add(name);
	}

	/**
	 * Forgets all names.
	 */
	public void clear() {
		this.names.clear();
	}

	/**
	 * Returns how many names are remembered.
	 * @return the number
	 */
	public int size() {
		return this.names.size();
	}

}
