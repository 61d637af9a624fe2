package io.ikigai.benchmarks;

import java.sql.SQLException;

/**
 * A database for the services of one group.
 */
final class Services implements AutoCloseable {

	private final BenchmarkRun run;

	private final String database;

	Services(BenchmarkRun run, String name) throws SQLException {
		this.run = run;
		this.database = "services_" + name;
		run.server().execute("postgres", "CREATE DATABASE " + this.database);
	}

	String url() {
		return this.run.server().url(this.database);
	}

	String[] arguments() {
		return this.run.arguments().properties().toArray(String[]::new);
	}

	/**
	 * No vacuum is due, and nothing is to be written back.
	 */
	void settle() throws SQLException {
		this.run.server().settle(this.database);
	}

	@Override
	public void close() throws SQLException {
		this.run.server().execute("postgres", "DROP DATABASE %s WITH (FORCE)".formatted(this.database));
	}

}
