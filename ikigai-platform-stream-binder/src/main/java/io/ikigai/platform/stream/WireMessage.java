package io.ikigai.platform.stream;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A message as the platform takes it.
 *
 * @param payload what the platform writes as JSON
 * @param headers the headers
 */
record WireMessage(Object payload, Map<String, String> headers) {

	/** Tells an envelope from what others publish. */
	static final String ENVELOPE = "ikigai.stream";

	static final String HEADERS = "headers";

	static final String PAYLOAD = "payload";

	WireMessage withHeaders(Map<String, String> more) {
		Map<String, String> all = new LinkedHashMap<>(this.headers);
		all.putAll(more);
		return new WireMessage(this.payload, all);
	}

	/**
	 * Returns it with its headers inside, for topics, which have none.
	 * @return the payload itself if there is nothing else to tell
	 */
	Object envelope() {
		if (this.headers.isEmpty()) {
			return this.payload;
		}
		return Map.of(ENVELOPE, Map.of(HEADERS, this.headers), PAYLOAD, this.payload);
	}

}
