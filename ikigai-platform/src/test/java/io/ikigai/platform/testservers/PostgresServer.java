package io.ikigai.platform.testservers;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real PostgreSQL, 14 or later, for tests. It runs when it is handed out, listens on
 * the loopback interface only, asks for a password, and writes as durably as PostgreSQL
 * does by default; up to 300 clients may connect. It ends with this JVM or, where the
 * build lends it, with the build, however they end, and its data go with it.
 * <p>
 * Where a Docker engine answers, it is a container; else Debian's packages, unpacked into
 * a folder; else the machine's own PostgreSQL. pgvector is there in the first two. The
 * environment variable {@code IKIGAI_TEST_POSTGRES} ({@code docker}, {@code packages} or
 * {@code machine}) insists on one of them. Thread-safe.
 */
public final class PostgresServer extends TestServer {

	private static final AtomicInteger databases = new AtomicInteger();

	private PostgresServer(RunningServer running, boolean dedicated) {
		super(running, dedicated, "PostgreSQL");
	}

	/**
	 * The server that all tests of this JVM share, started at the first call. It cannot
	 * be stopped; each test takes a {@link #freshDatabase()} of its own.
	 * @return a running server
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static PostgresServer shared() {
		return new PostgresServer(ServerKind.POSTGRES.shared(), false);
	}

	/**
	 * An older server without pgvector that all tests of this JVM share, for tests that
	 * run on several: PostgreSQL 15 in a container, else the machine's own, and where
	 * neither is to be had the one of {@link #shared()}'s packages.
	 * @return a running server
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static PostgresServer sharedOlder() {
		return new PostgresServer(ServerKind.OLDER_POSTGRES.shared(), false);
	}

	/**
	 * A server with TimescaleDB that all tests of this JVM share: the full edition in a
	 * container, the Apache edition of the packages.
	 * @return a running server
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static PostgresServer sharedTimescale() {
		return new PostgresServer(ServerKind.TIMESCALEDB.shared(), false);
	}

	/**
	 * A server with TimescaleDB of the caller's own, which may be stopped and restarted.
	 * @return a running server, which the caller closes
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static PostgresServer dedicatedTimescale() {
		return new PostgresServer(ServerKind.TIMESCALEDB.provision().start(), true);
	}

	/**
	 * A server of the caller's own, which may be stopped and restarted.
	 * @return a running server, which the caller closes
	 * @throws ServerUnavailableException when this machine has no way to run one
	 */
	public static PostgresServer dedicated() {
		return new PostgresServer(ServerKind.POSTGRES.provision().start(), true);
	}

	/**
	 * A server of the caller's own on a disk of 384 MB, in memory, which may be filled.
	 * @return a running server, which the caller closes
	 * @throws ServerUnavailableException when this machine has no way to run one, which
	 * takes root
	 */
	public static PostgresServer onSmallDisk() {
		return new PostgresServer(ServerKind.POSTGRES.onSmallDisk("384m"), true);
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
		String name = "test_" + ProcessHandle.current().pid() + "_" + databases.incrementAndGet();
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
