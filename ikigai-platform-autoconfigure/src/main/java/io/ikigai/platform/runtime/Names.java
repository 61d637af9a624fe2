package io.ikigai.platform.runtime;

import org.jspecify.annotations.Nullable;

/**
 * The rules for names of queues, mailboxes, topics, regions and collections: any Unicode
 * text of 1 to 255 characters, which every backend encodes in its own way.
 */
final class Names {

	private static final int LONGEST = 255;

	private Names() {
	}

	static String check(String kind, @Nullable String name) {
		if (name == null) {
			throw new IllegalArgumentException("The name of a " + kind + " must not be null");
		}
		if (name.isEmpty()) {
			throw new IllegalArgumentException("The name of a " + kind + " must not be empty");
		}
		if (name.length() > LONGEST) {
			throw new IllegalArgumentException("The name of a " + kind + " has at most " + LONGEST
					+ " characters; this one has " + name.length() + ": '" + name.substring(0, 40) + "…'");
		}
		int flaw = UnstorableText.find(name);
		if (flaw >= 0) {
			throw new IllegalArgumentException("The name of a " + kind + " must not hold " + UnstorableText.WHAT
					+ "; this one does at position " + flaw);
		}
		return name;
	}

}
