package io.ikigai.platform.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import io.ikigai.platform.Guarantee;
import io.ikigai.platform.Guarantees;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Tells what holds within transactions: all is atomic on PostgreSQL. Elsewhere what is
 * sent goes through the outbox, and what returns a value is done at once.
 */
final class TransactionGuarantees {

	private static final Log logger = LogFactory.getLog(TransactionGuarantees.class);

	/** What each verb has where its service is not on PostgreSQL. */
	private static final Map<String, Map<String, Guarantee>> ELSEWHERE = new LinkedHashMap<>();
	static {
		ELSEWHERE.put("queues", verbs(List.of("enqueue", "settle"), List.of("claim", "cancel", "redrive", "pause")));
		ELSEWHERE.put("mailboxes", verbs(List.of("send", "acknowledge"), List.of("receive", "release")));
		ELSEWHERE.put("cache", verbs(List.of("set", "clear"), List.of("delete", "setIfAbsent", "increment")));
		ELSEWHERE.put("pubsub", verbs(List.of("publish"), List.of()));
		ELSEWHERE.put("storage", verbs(List.of("put", "delete"), List.of()));
	}

	private TransactionGuarantees() {
	}

	private static Map<String, Guarantee> verbs(List<String> outbox, List<String> bestEffort) {
		Map<String, Guarantee> verbs = new LinkedHashMap<>();
		outbox.forEach((verb) -> verbs.put(verb, Guarantee.OUTBOX));
		bestEffort.forEach((verb) -> verbs.put(verb, Guarantee.BEST_EFFORT));
		return verbs;
	}

	/**
	 * Finds out what holds.
	 * @param services the configuration
	 * @param requirement the least that must hold
	 * @throws PlatformConfigurationException if less holds than is required
	 */
	static Guarantees of(ServicesProperties services, RequirementProperties.Requirement requirement) {
		Map<String, Map<String, Guarantee>> all = new LinkedHashMap<>();
		ELSEWHERE.forEach((service, verbs) -> {
			if (services.on("postgres").contains(service)) {
				Map<String, Guarantee> atomic = new LinkedHashMap<>();
				verbs.keySet().forEach((verb) -> atomic.put(verb, Guarantee.ATOMIC));
				all.put(service, atomic);
			}
			else {
				all.put(service, verbs);
			}
		});
		List<String> less = all.entrySet()
			.stream()
			.filter((service) -> service.getValue().values().stream().anyMatch((verb) -> verb != Guarantee.ATOMIC))
			.map(Map.Entry::getKey)
			.toList();
		if (requirement == RequirementProperties.Requirement.ATOMIC && !less.isEmpty()) {
			throw new PlatformConfigurationException(
					"ikigai.require is atomic, but "
							+ less.stream()
								.map((service) -> "ikigai.services." + service + " is " + services.backendOf(service))
								.collect(Collectors.joining(", "))
							+ ", where not all can be part of a transaction of PostgreSQL.",
					"Set " + less.stream()
						.map((service) -> "ikigai.services." + service + " = postgres")
						.collect(Collectors.joining(", ")) + ", or remove ikigai.require.",
					null);
		}
		// What failed must still be told: telemetry never takes part.
		all.put("telemetry", Map.of("emit", Guarantee.BEST_EFFORT));
		Guarantees guarantees = new Guarantees(all);
		logger.info("Within transactions: " + guarantees.services()
			.entrySet()
			.stream()
			.map((service) -> service.getKey() + " (" + services.backendOf(service.getKey()) + ") "
					+ shown(service.getValue()))
			.collect(Collectors.joining("; ")));
		return guarantees;
	}

	private static String shown(Map<String, Guarantee> verbs) {
		if (verbs.values().stream().distinct().count() == 1) {
			return verbs.values().iterator().next().name().toLowerCase(Locale.ROOT);
		}
		return verbs.entrySet()
			.stream()
			.map((verb) -> verb.getKey() + "=" + verb.getValue().name().toLowerCase(Locale.ROOT))
			.collect(Collectors.joining(" "));
	}

}
