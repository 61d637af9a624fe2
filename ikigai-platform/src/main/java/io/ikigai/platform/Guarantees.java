package io.ikigai.platform;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What holds within transactions, as the services are configured. Immutable.
 *
 * @param services the guarantees by service, such as {@code queues}, and verb, such as
 * {@code enqueue}, in a fixed order
 */
public record Guarantees(Map<String, Map<String, Guarantee>> services) {

	/**
	 * Copies the map.
	 * @param services the guarantees by service, such as {@code queues}, and verb, such
	 * as {@code enqueue}, in a fixed order
	 */
	public Guarantees {
		Map<String, Map<String, Guarantee>> copy = new LinkedHashMap<>();
		services
			.forEach((service, verbs) -> copy.put(service, Collections.unmodifiableMap(new LinkedHashMap<>(verbs))));
		services = Collections.unmodifiableMap(copy);
	}

}
