package io.ikigai.platform.autoconfigure;

import java.sql.SQLException;
import java.util.List;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.ikigai.platform.transaction.CallerTransactions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * The database that the platform runs on: the application's, or one of its own.
 *
 * @param dataSource the pool; statements outside a transaction commit by themselves
 * @param direct where the connections beside the pool come from, past the pool if
 * possible
 * @param transactionManager the manager of its transactions
 * @param transactions its transactions
 * @param owned whether the pool is the platform's own, to be closed with it
 */
record PlatformDatabase(DataSource dataSource, DataSource direct, PlatformTransactionManager transactionManager,
		CallerTransactions transactions, boolean owned) implements AutoCloseable {

	private static final String URL = "ikigai.postgres.url";

	/**
	 * Shares the application's database.
	 * @param dataSource the application's DataSource
	 * @param details what the application knows of the connection
	 * @param managers the application's transaction managers, the primary one first
	 * @param properties the platform's properties
	 */
	static PlatformDatabase ofApplication(DataSource dataSource, @Nullable JdbcConnectionDetails details,
			List<PlatformTransactionManager> managers, PostgresProperties properties) {
		DatabaseFacts facts = facts(dataSource,
				(properties.url() != null) ? URL : "spring.datasource.url or the application's DataSource");
		requireSameDatabase(facts, properties);
		facts.requirePostgres();
		PlatformTransactionManager manager = new TransactionManagerChoice(dataSource).from(managers);
		PlatformDatabase database = of(facts.autoCommit() ? dataSource : new AutoCommitDataSource(dataSource),
				DirectDataSource.of(dataSource, facts.url(), details, properties), manager, false);
		managers.stream().filter((other) -> other != manager).forEach(database.transactions::watch);
		return database;
	}

	private static PlatformDatabase of(DataSource dataSource, DataSource direct, PlatformTransactionManager manager,
			boolean owned) {
		return new PlatformDatabase(dataSource, direct, manager, new CallerTransactions(dataSource, direct, manager),
				owned);
	}

	static PlatformDatabase ofItsOwn(PostgresProperties properties) {
		if (properties.url() == null) {
			throw new PlatformConfigurationException(
					"ikigai.postgres.separate is true, but ikigai.postgres.url names no database.",
					"Set ikigai.postgres.url, or remove ikigai.postgres.separate.", null);
		}
		PostgresUrl url = PostgresUrl.parse(URL, properties.url());
		HikariDataSource pool = new HikariDataSource();
		pool.setPoolName("ikigai");
		pool.setJdbcUrl(SilentConnections.limited(url.jdbcUrl()));
		pool.setUsername((url.username() != null) ? url.username() : properties.username());
		pool.setPassword((url.password() != null) ? url.password() : properties.password());
		try {
			DatabaseFacts facts = facts(pool, URL);
			facts.requirePostgres();
			return of(pool, DirectDataSource.of(pool, facts.url(), null, properties), new JdbcTransactionManager(pool),
					true);
		}
		catch (RuntimeException ex) {
			pool.close();
			throw ex;
		}
	}

	private static DatabaseFacts facts(DataSource dataSource, String source) {
		try {
			return DatabaseFacts.of(dataSource);
		}
		catch (SQLException ex) {
			HikariDataSource pool = DirectDataSource.hikari(dataSource);
			throw new UnusableDatabase((pool != null) ? pool.getJdbcUrl() : null, source).because(ex);
		}
	}

	private static void requireSameDatabase(DatabaseFacts facts, PostgresProperties properties) {
		if (properties.url() != null && facts.url() != null
				&& !PostgresUrl.sameDatabase(PostgresUrl.parse(URL, properties.url()).jdbcUrl(), facts.url())) {
			throw twoDatabases("the application's DataSource (" + PostgresUrl.shown(facts.url()) + ")");
		}
	}

	static PlatformConfigurationException twoDatabases(String other) {
		return new PlatformConfigurationException(URL + " and " + other + " name different databases.",
				"Remove one of them: the platform's work and the application's tables then share their transactions. "
						+ "To keep both without a common transaction, set ikigai.postgres.separate = true.",
				null);
	}

	@Override
	public void close() {
		this.transactions.close();
		if (this.owned && this.dataSource instanceof HikariDataSource pool) {
			pool.close();
		}
	}

}
