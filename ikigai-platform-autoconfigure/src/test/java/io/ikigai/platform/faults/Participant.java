package io.ikigai.platform.faults;

import java.util.List;
import java.util.Map;

import io.ikigai.platform.testing.JavaProcess;
import io.ikigai.platform.testing.Waits;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * A {@link FaultApplication} in a JVM of its own.
 */
final class Participant extends JavaProcess {

	private final String name;

	Participant(String name, List<String> arguments, Map<String, String> environment) {
		super(FaultApplication.class, arguments, environment);
		this.name = name;
	}

	/**
	 * Waits until it has started.
	 */
	Participant ready() {
		await("ready");
		return this;
	}

	/**
	 * The agent's name, which others may have, too.
	 */
	String name() {
		return this.name;
	}

	/**
	 * What the ledger calls it.
	 */
	String inLedger() {
		return this.name + "-" + pid();
	}

	/**
	 * Waits until the platform's health, as this process tells it, is as it should be.
	 * @param service a service or component below {@code ikigai}
	 * @param status the status's code
	 */
	void awaitHealth(String service, String status) {
		Waits.until(this.name + " tells that " + service + " is " + status, () -> status(service), status::equals);
	}

	/**
	 * Returns the status of a service or component below {@code ikigai}, as this process
	 * tells it; empty if it does not.
	 */
	String status(String service) {
		return health().path("components").path(service).path("status").asString("");
	}

	/**
	 * Returns how many hours its clock is ahead of this process's.
	 */
	long hoursAhead() {
		long there = Long.parseLong(tell("clock").await("clock ").substring("clock ".length()));
		return Math.round((there - System.currentTimeMillis()) / 3_600_000.0);
	}

	private JsonNode health() {
		String answer = tell("health").await("");
		return answer.startsWith("health ") ? JsonMapper.shared().readTree(answer.substring("health ".length()))
				: MissingNode.getInstance();
	}

	JsonNode report() {
		return JsonMapper.shared().readTree(tell("report").await("report ").substring("report ".length()));
	}

}
