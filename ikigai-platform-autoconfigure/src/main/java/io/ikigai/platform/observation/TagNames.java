package io.ikigai.platform.observation;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names that meters tell apart. Applications choose names of queues, mailboxes,
 * topics and regions, perhaps one for each of their users, and a meter is never given
 * back: after the first 500 names all others count together as {@value #OTHER}. Safe for
 * use by several threads.
 */
public final class TagNames {

	/** The value of a tag that stands for all further names. */
	public static final String OTHER = "(other)";

	/** How many names are distinguished. */
	public static final int LIMIT = 500;

	private final Set<String> names = ConcurrentHashMap.newKeySet();

	/**
	 * Creates an empty set of names.
	 */
	public TagNames() {
	}

	/**
	 * Returns what a tag says for a name.
	 * @param name the name
	 * @return the name, or {@value #OTHER}
	 */
	public String of(String name) {
		if (this.names.contains(name)) {
			return name;
		}
		synchronized (this) {
			if (this.names.size() >= LIMIT) {
				return OTHER;
			}
			this.names.add(name);
			return name;
		}
	}

}
