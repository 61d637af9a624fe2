package io.ikigai.platform.redis;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Divides what one call of a script would do for a user-chosen number of things: Redis
 * does nothing else while a script runs.
 */
final class BoundedCalls {

	/** How many things a script works on; some 40 ms for tasks that are enqueued. */
	static final int ROWS = 1000;

	/** How many bytes a script stores or returns, but for a single thing. */
	static final int BYTES = 2_000_000;

	private BoundedCalls() {
	}

	/**
	 * Calls once for each part, in order. What throws ends it; earlier parts stay.
	 * @param all the things
	 * @param size tells about how many bytes one has
	 * @param call makes the call for a part
	 */
	static <T> void forEach(List<T> all, ToLongFunction<T> size, Consumer<List<T>> call) {
		int from = 0;
		while (from < all.size()) {
			int to = from + 1;
			long bytes = size.applyAsLong(all.get(from));
			while (to < all.size() && to - from < ROWS) {
				bytes += size.applyAsLong(all.get(to));
				if (bytes > BYTES) {
					break;
				}
				to++;
			}
			call.accept(all.subList(from, to));
			from = to;
		}
	}

}
