package io.ikigai.platform.testservers;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The kinds of servers that test JVMs share, and the ways in which each can be had. A
 * further kind is a constant here, a subclass of {@link TestServer}, and its functions in
 * {@code test-server.sh}. Thread-safe.
 */
enum ServerKind {

	/**
	 * PostgreSQL 17 with pgvector, unless only the machine's own can be had.
	 */
	POSTGRES(new ServerProvision("PostgreSQL", "IKIGAI_TEST_POSTGRES", advice("PostgreSQL 14 or later", "postgresql"),
			ways("postgres", () -> new DockerPostgres("pgvector/pgvector:pg17")))),

	/**
	 * PostgreSQL 15 in a container or the machine's own, without pgvector, else the one
	 * of the packages.
	 */
	OLDER_POSTGRES(new ServerProvision("an older PostgreSQL", "-", advice("PostgreSQL 14 or later", "postgresql"),
			olderWays())),

	/**
	 * PostgreSQL with TimescaleDB: the full edition in a container, the Apache edition of
	 * the packages.
	 */
	TIMESCALEDB(new ServerProvision("PostgreSQL with TimescaleDB", "IKIGAI_TEST_TIMESCALEDB",
			advice("PostgreSQL 14 or later with TimescaleDB", "postgresql"),
			ways("timescaledb", () -> new DockerPostgres("timescale/timescaledb:2.19.3-pg17")))),

	/**
	 * Redis 6.2 or later.
	 */
	REDIS(new ServerProvision("Redis", "IKIGAI_TEST_REDIS", advice("Redis 6.2 or later", "redis-server"),
			ways("redis", () -> new DockerRedis("redis:8")))),

	/**
	 * RabbitMQ 4.0 or later.
	 */
	RABBITMQ(new ServerProvision("RabbitMQ", "IKIGAI_TEST_RABBITMQ", advice("RabbitMQ 4.0 or later", "rabbitmq-server"),
			ways("rabbitmq", () -> new DockerRabbitmq("rabbitmq:4")))),

	/**
	 * NATS 2.10 or later with JetStream.
	 */
	NATS(new ServerProvision("NATS", "IKIGAI_TEST_NATS", advice("NATS 2.10 or later", "nats-server"),
			ways("nats", null))),

	/**
	 * InfluxDB 1.x.
	 */
	INFLUXDB(new ServerProvision("InfluxDB", "IKIGAI_TEST_INFLUXDB", advice("InfluxDB 1.x", "influxdb"),
			ways("influxdb", null))),

	/**
	 * A browser without a window.
	 */
	CHROMIUM(new ServerProvision("Chromium", "IKIGAI_TEST_CHROMIUM", advice("Chromium", "chromium"),
			ways("chromium", null)));

	private final ServerProvision provision;

	private @Nullable RunningServer shared;

	ServerKind(ServerProvision provision) {
		this.provision = provision;
	}

	ServerProvision provision() {
		return this.provision;
	}

	/**
	 * The server that all tests of this JVM share: the build lends it, or it starts at
	 * the first call.
	 * @return a running server
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	synchronized RunningServer shared() {
		RunningServer server = this.shared;
		if (server == null) {
			server = BuildServers.borrow(this);
			if (server == null) {
				server = this.provision.start();
			}
			this.shared = server;
		}
		return server;
	}

	/**
	 * Start a server on a small disk in memory, which only {@code test-server.sh} makes.
	 * @param size the disk's size, as in {@code 64m}
	 * @return a running server
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	RunningServer onSmallDisk(String size) {
		String server = name().toLowerCase(Locale.ROOT);
		LinkedHashMap<String, Supplier<RunningServer>> ways = new LinkedHashMap<>();
		ways.put("packages", () -> new ScriptedServer(server, "packages", size));
		ways.put("machine", () -> new ScriptedServer(server, "machine", size));
		return new ServerProvision(server + " on a small disk", "-",
				"Root is needed, the right to mount, and Debian's packages or the machine's own " + server, ways)
			.start(null);
	}

	private static String advice(String wanted, String debianPackage) {
		return """
				One of these is needed:
				  - a Docker engine that this user may talk to (the variable DOCKER_HOST says where), where it has an image
				  - a Linux whose apt is set up for Debian, root, and the right to mount (packages of Debian are unpacked \
				into a folder, nothing is installed)
				  - Linux with %s (on Debian and Ubuntu: apt-get install %s)"""
			.formatted(wanted, debianPackage);
	}

	private static LinkedHashMap<String, Supplier<RunningServer>> ways(String server,
			@Nullable Supplier<RunningServer> docker) {
		LinkedHashMap<String, Supplier<RunningServer>> ways = new LinkedHashMap<>();
		if (docker != null) {
			ways.put("docker", docker);
		}
		ways.put("packages", () -> new ScriptedServer(server, "packages"));
		ways.put("machine", () -> new ScriptedServer(server, "machine"));
		return ways;
	}

	private static LinkedHashMap<String, Supplier<RunningServer>> olderWays() {
		LinkedHashMap<String, Supplier<RunningServer>> ways = new LinkedHashMap<>();
		ways.put("docker", () -> new DockerPostgres("postgres:15"));
		ways.put("machine", () -> new ScriptedServer("postgres", "machine"));
		ways.put("packages", () -> new ScriptedServer("postgres", "packages"));
		return ways;
	}

}
