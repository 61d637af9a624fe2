package io.ikigai.platform.listener;

import java.sql.Connection;

import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What PostgreSQL really answers, as it arrives through Spring's translation, and what is
 * made of it.
 */
class BackendErrorsIntegrationTests {

	private static PostgresDatabase database;

	@BeforeAll
	static void createTable() throws Exception {
		database = PostgresServer.shared().freshDatabase();
		database.execute("CREATE TABLE thing (id int PRIMARY KEY, name text NOT NULL, number int)");
		database.execute("INSERT INTO thing VALUES (1, 'one', 1), (2, 'two', 2)");
		database.execute("CREATE ROLE " + role() + " LOGIN");
		database.execute("""
				CREATE FUNCTION refuse() RETURNS int LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'""");
	}

	private static String role() {
		return "nothing_granted_" + database.url().replaceAll(".*/", "");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			25006 | SET default_transaction_read_only = on; INSERT INTO thing VALUES (3, 'three', 3)
			57014 | SET statement_timeout = 20; SELECT pg_sleep(100)
			57P01 | SELECT pg_terminate_backend(pg_backend_pid()); SELECT 1
			42501 | SET ROLE nobody; SELECT * FROM thing
			40001 | DO $$ BEGIN RAISE EXCEPTION 'retry' USING ERRCODE = '40001'; END $$
			55000 | SELECT lastval()
			53100 | DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$
			53300 | DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53300'; END $$
			XX000 | DO $$ BEGIN RAISE EXCEPTION 'internal' USING ERRCODE = 'XX000'; END $$""")
	void takesForPassing(String state, String statements) {
		Throwable error = answer(statements);
		assertThat(error).as(state).isInstanceOf(DataAccessException.class);
		assertThat(BackendErrors.isFinal(error)).as(error.toString()).isFalse();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			23505 | INSERT INTO thing VALUES (1, 'again', 1)
			23502 | INSERT INTO thing (id) VALUES (4)
			22003 | SELECT 2147483647 + number FROM thing
			22P02 | SELECT 'x'::int
			42P01 | SELECT * FROM no_such_table
			42703 | SELECT no_such_column FROM thing
			3F000 | CREATE TABLE no_such_schema.thing ()
			54000 | SELECT to_tsvector(string_agg(md5(n::text), ' ')) FROM generate_series(1, 60000) AS n
			P0001 | SELECT refuse()
			0A000 | ALTER TABLE thing ALTER COLUMN tableoid TYPE text""")
	void takesForFinal(String state, String statements) {
		Throwable error = answer(statements);
		assertThat(BackendErrors.isFinal(error)).as(state + " " + error).isTrue();
		assertThat(BackendErrors.lostRace(error)).isFalse();
	}

	@Test
	void takesLockTimeoutForLostRace() throws Exception {
		try (Connection holder = database.connect()) {
			holder.setAutoCommit(false);
			holder.createStatement().execute("UPDATE thing SET number = 5 WHERE id = 1");
			Throwable error = answer("SET lock_timeout = 20; UPDATE thing SET number = 6 WHERE id = 1");
			assertThat(BackendErrors.lostRace(error)).as(error.toString()).isTrue();
			assertThat(BackendErrors.isFinal(error)).isFalse();
			holder.rollback();
		}
	}

	@Test
	void takesCommitThatCannotBeSerializedForLostRace() throws Exception {
		DriverManagerDataSource connections = new DriverManagerDataSource(database.url(), database.username(),
				database.password());
		JdbcTemplate jdbc = new JdbcTemplate(connections);
		// Translates nothing that a commit throws
		TransactionTemplate first = new TransactionTemplate(new DataSourceTransactionManager(connections));
		first.setIsolationLevel(TransactionTemplate.ISOLATION_SERIALIZABLE);
		Throwable error = catchThrowable(() -> first.executeWithoutResult((status) -> {
			jdbc.queryForObject("SELECT sum(number) FROM thing", Integer.class);
			jdbc.update("INSERT INTO thing VALUES (10, 'ten', 10)");
			try (Connection other = database.connect()) {
				other.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
				other.setAutoCommit(false);
				other.createStatement().executeQuery("SELECT sum(number) FROM thing");
				other.createStatement().execute("INSERT INTO thing VALUES (11, 'eleven', 11)");
				other.commit();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}));
		assertThat(BackendErrors.lostRace(error)).as(String.valueOf(error)).isTrue();
	}

	@Test
	void takesErrorsOfTheApplicationForFinal() {
		assertThat(BackendErrors.isFinal(new IllegalArgumentException("no"))).isTrue();
		assertThat(BackendErrors.isFinal(new IllegalStateException("no"))).isTrue();
		assertThat(BackendErrors.lostRace(new IllegalStateException("no"))).isFalse();
	}

	private static Throwable answer(String statements) {
		SingleConnectionDataSource connection = new SingleConnectionDataSource(database.url(), database.username(),
				database.password(), true);
		try {
			JdbcTemplate jdbc = new JdbcTemplate(connection);
			return catchThrowableOfType(DataAccessException.class, () -> {
				for (String statement : split(statements.replace("nobody", role()))) {
					jdbc.execute(statement);
				}
			});
		}
		finally {
			connection.destroy();
		}
	}

	private static String[] split(String statements) {
		return statements.startsWith("DO") ? new String[] { statements } : statements.split(";");
	}

}
