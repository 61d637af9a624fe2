package io.ikigai.platform.nats;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The ids of the messages that came last, so that one that is published again because
 * nobody knew whether it arrived is told from a new one. Used by one thread.
 */
final class RecentIds {

	private static final int MOST = 10_000;

	private final Map<String, Boolean> ids = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
			return size() > MOST;
		}

	};

	/**
	 * Remembers an id.
	 * @return whether it is new
	 */
	boolean add(String id) {
		return this.ids.put(id, true) == null;
	}

}
