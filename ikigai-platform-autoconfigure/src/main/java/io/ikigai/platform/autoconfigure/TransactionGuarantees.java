package io.ikigai.platform.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
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
	 * Checks that no less holds than is required.
	 * @param services the configuration
	 * @param requirement the least that must hold
	 * @throws PlatformConfigurationException if less holds
	 */
	static void check(ServicesProperties services, RequirementProperties.Requirement requirement) {
		List<String> less = ELSEWHERE.keySet()
			.stream()
			.filter((service) -> !services.backendOf(service).equals("postgres"))
			.toList();
		if (requirement == RequirementProperties.Requirement.ATOMIC && !less.isEmpty()) {
			throw new PlatformConfigurationException(
					"ikigai.require is atomic, but "
							+ joined(less,
									(service) -> "ikigai.services." + service + " is " + services.backendOf(service))
							+ ", where not all can be part of a transaction of PostgreSQL.",
					"Set " + joined(less, (service) -> "ikigai.services." + service + " = postgres")
							+ ", or remove ikigai.require.",
					null);
		}
	}

	private static String joined(List<String> services, Function<String, String> text) {
		return services.stream().map(text).collect(Collectors.joining(", "));
	}

	/**
	 * Finds out what holds.
	 * @param services the configuration
	 */
	static Guarantees of(ServicesProperties services) {
		Map<String, Map<String, Guarantee>> all = new LinkedHashMap<>();
		ELSEWHERE.forEach((service, verbs) -> {
			Map<String, Guarantee> held = new LinkedHashMap<>(verbs);
			if (services.backendOf(service).equals("postgres")) {
				held.replaceAll((verb, elsewhere) -> Guarantee.ATOMIC);
			}
			all.put(service, held);
		});
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
