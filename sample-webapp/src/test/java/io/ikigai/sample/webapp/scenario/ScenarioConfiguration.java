package io.ikigai.sample.webapp.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the services run on in one run of the scenario. The first three are in every
 * build; {@code -Dikigai.scenario=all} runs all, which have each cell of the table of
 * backends among them.
 */
enum ScenarioConfiguration {

	POSTGRES("postgres", "postgres", "postgres", "postgres", "postgres"),

	REDIS("redis", "redis", "redis", "redis", "postgres"),

	MIXED("redis", "nats", "redis", "redis", "influxdb"),

	QUEUES_ON_REDIS("redis", "postgres", "postgres", "postgres", "postgres"),

	QUEUES_ON_RABBITMQ("rabbitmq", "postgres", "postgres", "postgres", "postgres"),

	MAILBOXES_ON_REDIS("postgres", "redis", "redis", "postgres", "postgres"),

	MAILBOXES_ON_NATS("postgres", "nats", "postgres", "redis", "postgres"),

	PUBSUB_ON_NATS("postgres", "postgres", "postgres", "nats", "postgres"),

	TELEMETRY_ON_TIMESCALEDB("postgres", "postgres", "postgres", "postgres", "timescaledb");

	private static final String PROPERTY = "ikigai.scenario";

	private final String queues;

	private final String mailboxes;

	private final String cache;

	private final String pubsub;

	private final String telemetry;

	ScenarioConfiguration(String queues, String mailboxes, String cache, String pubsub, String telemetry) {
		this.queues = queues;
		this.mailboxes = mailboxes;
		this.cache = cache;
		this.pubsub = pubsub;
		this.telemetry = telemetry;
	}

	/**
	 * The configurations that this build is asked for.
	 */
	static Stream<ScenarioConfiguration> chosen() {
		String chosen = System.getProperty(PROPERTY, "build");
		return switch (chosen) {
			case "build" -> Stream.of(POSTGRES, REDIS, MIXED);
			case "all" -> Stream.of(values());
			default -> Stream.of(valueOf(chosen));
		};
	}

	boolean uses(String backend) {
		return List.of(this.queues, this.mailboxes, this.cache, this.pubsub, this.telemetry).contains(backend);
	}

	boolean queuesOn(String backend) {
		return this.queues.equals(backend);
	}

	boolean mailboxesOn(String backend) {
		return this.mailboxes.equals(backend);
	}

	boolean telemetryOn(String backend) {
		return this.telemetry.equals(backend);
	}

	/**
	 * What the actuator says of it.
	 */
	List<String> asJson() {
		return services().stream().map((line) -> "\"" + line.replace(" = ", "\":\"") + "\"").toList();
	}

	/**
	 * Its lines in the section {@code [services]}.
	 */
	String section() {
		return services().stream().collect(Collectors.joining("\n", "[services]\n", "\n"));
	}

	private List<String> services() {
		List<String> lines = new ArrayList<>();
		lines.add("queues = " + this.queues);
		lines.add("mailboxes = " + this.mailboxes);
		lines.add("cache = " + this.cache);
		lines.add("pubsub = " + this.pubsub);
		lines.add("telemetry = " + this.telemetry);
		return lines;
	}

}
