package io.ikigai.platform.runtime;

import org.jspecify.annotations.Nullable;

/**
 * A loaded value that cannot be kept, or null, on its way to those that wait for it.
 */
final class NotKept extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient @Nullable Object value;

	NotKept(@Nullable Object value) {
		super("The loaded value cannot be kept", null, false, false);
		this.value = value;
	}

	// Those that wait for one key of a region ask for one type, as Spring's annotations
	// require it.
	@SuppressWarnings({ "unchecked", "NullAway" })
	<T> T value() {
		return (T) this.value;
	}

}
