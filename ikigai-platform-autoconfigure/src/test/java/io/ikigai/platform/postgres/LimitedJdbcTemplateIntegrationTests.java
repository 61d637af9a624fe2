package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * How statements of the platform run and fail.
 */
class LimitedJdbcTemplateIntegrationTests {

	private static final int THREADS = 2;

	private static final int TIMES = 25;

	private PostgresDatabase database;

	@BeforeEach
	void createTable() throws Exception {
		this.database = PostgresServer.shared().freshDatabase();
		this.database.execute("CREATE TABLE counter (n int); INSERT INTO counter VALUES (0)");
	}

	@Test
	void runsAgainWhatLostAgainstAnother() throws Exception {
		DriverManagerDataSource connections = new DriverManagerDataSource(
				this.database.url() + "?options=-c%20default_transaction_isolation=serializable",
				this.database.username(), this.database.password());
		JdbcTemplate jdbc = template(connections, Duration.ofSeconds(15));
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try {
			List<Future<?>> all = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				all.add(threads.submit(() -> {
					for (int n = 0; n < TIMES; n++) {
						jdbc.update("UPDATE counter SET n = n + 1");
					}
				}));
			}
			for (Future<?> each : all) {
				Waits.value("a thread", each);
			}
			assertThat(this.database.queryForText("SELECT n FROM counter")).isEqualTo("" + THREADS * TIMES);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void tellsWhatPasses() throws Exception {
		SingleConnectionDataSource connection = new SingleConnectionDataSource(this.database.url(),
				this.database.username(), this.database.password(), true);
		JdbcTemplate jdbc = template(connection, Duration.ofSeconds(1));
		try (Connection holder = this.database.connect()) {
			holder.setAutoCommit(false);
			holder.createStatement().execute("UPDATE counter SET n = 1");
			assertThatExceptionOfType(QueryTimeoutException.class)
				.isThrownBy(() -> jdbc.update("UPDATE counter SET n = 2"));
			jdbc.execute("SET lock_timeout = 20");
			assertThatExceptionOfType(CannotAcquireLockException.class)
				.isThrownBy(() -> jdbc.update("UPDATE counter SET n = 2"));
			holder.rollback();
		}
		jdbc.execute("SET default_transaction_read_only = on");
		assertThatExceptionOfType(TransientDataAccessResourceException.class)
			.isThrownBy(() -> jdbc.update("UPDATE counter SET n = 2"));
		// The application's statements on the connection have no limit
		assertThat(connection.getConnection().getNetworkTimeout()).isZero();
		connection.destroy();
	}

	@Test
	void aSideConnectionRunsOnlyAgainWhatNoAnswerCameTo() throws Exception {
		DriverManagerDataSource connections = new DriverManagerDataSource(this.database.url(), this.database.username(),
				this.database.password());
		AtomicInteger runs = new AtomicInteger();
		try (SideConnection side = new SideConnection(connections, "test", Duration.ofSeconds(15))) {
			SideConnection.Work<Integer> work = (connection) -> {
				runs.incrementAndGet();
				try (ResultSet row = connection.createStatement().executeQuery("SELECT pg_backend_pid()")) {
					row.next();
					return row.getInt(1);
				}
			};
			int first = side.execute(work);
			this.database.execute("SELECT pg_terminate_backend(" + first + ")");
			assertThat(side.execute(work)).isNotEqualTo(first);
			assertThat(runs).hasValue(3);
			for (String state : List.of("55P03", "40001", "23505", "42P01", "57014", "25006", "53200")) {
				runs.set(0);
				assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> side.execute((connection) -> {
					runs.incrementAndGet();
					return connection.createStatement()
						.execute("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '" + state + "'; END $$");
				}));
				assertThat(runs).as(state).hasValue(1);
			}
			assertThat(side.execute(work)).isPositive();
		}
	}

	private static JdbcTemplate template(DataSource connections, Duration limit) {
		return new LimitedJdbcTemplate(connections, limit, new SessionWatch(UnaryOperator.identity()));
	}

}
