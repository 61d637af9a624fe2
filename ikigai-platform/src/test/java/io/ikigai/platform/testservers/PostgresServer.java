package io.ikigai.platform.testservers;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL, 14 or later, for tests. It runs when it is handed out, listens on
 * the loopback interface only, asks for a password, and writes as durably as PostgreSQL
 * does by default; up to 300 clients may connect. It ends with this JVM, however the JVM
 * ends, and its data go with it.
 * <p>
 * Where a Docker engine answers, it is a container; else Debian's packages, unpacked into
 * a folder; else the machine's own PostgreSQL. pgvector is there in the first two. The
 * environment variable {@code IKIGAI_TEST_POSTGRES} ({@code docker}, {@code packages} or
 * {@code machine}) insists on one of them. Thread-safe.
 */
public final class PostgresServer extends TestServer {

	private static final String ADVICE = """
			One of these is needed:
			  - a Docker engine that this user may talk to (the variable DOCKER_HOST says where)
			  - a Linux whose apt is set up for Debian, root, and the right to mount (packages of Debian are unpacked \
			into a folder, nothing is installed)
			  - Linux with PostgreSQL 14 or later (on Debian and Ubuntu: apt-get install postgresql)""";

	private static final ServerProvision provision = new ServerProvision("PostgreSQL", "IKIGAI_TEST_POSTGRES", ADVICE,
			ways());

	private static final ServerProvision older = new ServerProvision("an older PostgreSQL", "-", ADVICE, olderWays());

	private static final ServerProvision timescale = new ServerProvision("PostgreSQL with TimescaleDB",
			"IKIGAI_TEST_TIMESCALEDB", ADVICE + " with TimescaleDB", timescaleWays());

	private static final AtomicInteger databases = new AtomicInteger();

	private static @Nullable PostgresServer shared;

	private static @Nullable PostgresServer sharedOlder;

	private static @Nullable PostgresServer sharedTimescale;

	private PostgresServer(RunningServer running, boolean dedicated) {
		super(running, dedicated, "PostgreSQL");
	}

	private static LinkedHashMap<String, Supplier<RunningServer>> ways() {
		LinkedHashMap<String, Supplier<RunningServer>> ways = new LinkedHashMap<>();
		ways.put("docker", () -> new DockerPostgres("pgvector/pgvector:pg17"));
		ways.put("packages", () -> new ScriptedServer("postgres", "packages"));
		ways.put("machine", () -> new ScriptedServer("postgres", "machine"));
		return ways;
	}

	private static LinkedHashMap<String, Supplier<RunningServer>> olderWays() {
		LinkedHashMap<String, Supplier<RunningServer>> ways = new LinkedHashMap<>();
		ways.put("docker", () -> new DockerPostgres("postgres:15"));
		ways.put("machine", () -> new ScriptedServer("postgres", "machine"));
		ways.put("packages", () -> new ScriptedServer("postgres", "packages"));
		return ways;
	}

	private static LinkedHashMap<String, Supplier<RunningServer>> timescaleWays() {
		LinkedHashMap<String, Supplier<RunningServer>> ways = new LinkedHashMap<>();
		ways.put("docker", () -> new DockerPostgres("timescale/timescaledb:2.19.3-pg17"));
		ways.put("packages", () -> new ScriptedServer("timescaledb", "packages"));
		ways.put("machine", () -> new ScriptedServer("timescaledb", "machine"));
		return ways;
	}

	/**
	 * The server that all tests of this JVM share, started at the first call. It cannot
	 * be stopped; each test takes a {@link #freshDatabase()} of its own.
	 * @return a running server
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static synchronized PostgresServer shared() {
		PostgresServer server = shared;
		if (server == null) {
			server = new PostgresServer(provision.start(), false);
			shared = server;
		}
		return server;
	}

	/**
	 * An older server without pgvector that all tests of this JVM share, for tests that
	 * run on several: PostgreSQL 15 in a container, else the machine's own, and where
	 * neither is to be had the one of {@link #shared()}'s packages.
	 * @return a running server
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static synchronized PostgresServer sharedOlder() {
		PostgresServer server = sharedOlder;
		if (server == null) {
			server = new PostgresServer(older.start(null), false);
			sharedOlder = server;
		}
		return server;
	}

	/**
	 * A server with TimescaleDB that all tests of this JVM share: the full edition in a
	 * container, the Apache edition of the packages.
	 * @return a running server
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static synchronized PostgresServer sharedTimescale() {
		PostgresServer server = sharedTimescale;
		if (server == null) {
			server = new PostgresServer(timescale.start(), false);
			sharedTimescale = server;
		}
		return server;
	}

	/**
	 * A server with TimescaleDB of the caller's own, which may be stopped and restarted.
	 * @return a running server, which the caller closes
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static PostgresServer dedicatedTimescale() {
		return new PostgresServer(timescale.start(), true);
	}

	/**
	 * A server of the caller's own, which may be stopped and restarted.
	 * @return a running server, which the caller closes
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static PostgresServer dedicated() {
		return new PostgresServer(provision.start(), true);
	}

	/**
	 * The JDBC URL of the database {@code postgres}, without credentials. The port stays
	 * the same over restarts.
	 * @return the URL
	 */
	public String url() {
		return url("postgres");
	}

	private String url(String database) {
		return "jdbc:postgresql://" + address() + "/" + database;
	}

	/**
	 * The superuser's name.
	 * @return the name
	 */
	public String username() {
		return "postgres";
	}

	/**
	 * Create an empty database that nobody else uses.
	 * @return the new database, with the superuser's credentials
	 * @throws IllegalStateException when the server does not run
	 */
	public PostgresDatabase freshDatabase() {
		String name = "test_" + databases.incrementAndGet();
		try {
			new PostgresDatabase(url(), username(), password()).execute("CREATE DATABASE " + name);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("No fresh database on " + running().description(), ex);
		}
		return new PostgresDatabase(url(name), username(), password());
	}

	/**
	 * Stop the server in good order, and start it again with its data.
	 */
	public void restart() {
		restart(Shutdown.FAST);
	}

	/**
	 * Stop the server, and start it again with its data.
	 * @param shutdown how to stop it
	 */
	public void restart(Shutdown shutdown) {
		stop(shutdown);
		start();
	}

}
