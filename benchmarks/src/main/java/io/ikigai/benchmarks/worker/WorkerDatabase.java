package io.ikigai.benchmarks.worker;

import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

/**
 * The contestant's database.
 */
final class WorkerDatabase {

	/**
	 * How many connections each contestant's pool has.
	 */
	static final int POOL = 20;

	private final String url;

	WorkerDatabase(@Nullable String url) {
		if (url == null) {
			throw new IllegalArgumentException("BENCHMARK_DATABASE is not set; workers are started by the benchmark");
		}
		this.url = url;
	}

	/**
	 * postgresql://user:password@host:port/database.
	 */
	String url() {
		return this.url;
	}

	HikariDataSource pool() {
		String[] parts = this.url.substring("postgresql://".length()).split("[:@]", 3);
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl("jdbc:postgresql://" + parts[2]);
		pool.setUsername(parts[0]);
		pool.setPassword(parts[1]);
		pool.setMaximumPoolSize(POOL);
		return pool;
	}

}
