package io.ikigai.platform.autoconfigure;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The platform on the application's own database, wherever the address comes from: the
 * application's writes and the platform's happen together or not at all.
 */
class SharedDatabaseIntegrationTests {

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	@BeforeEach
	void createTheApplicationsTable() throws SQLException {
		this.database.execute("CREATE TABLE orders (id int)");
	}

	@Test
	void takesTheJdbcFormOfTheUrl() {
		runsInOneTransaction("--ikigai.postgres.url=" + this.database.url() + "?user=" + this.database.username()
				+ "&password=" + this.database.password());
	}

	@Test
	void takesTheFormOfLibpq() {
		runsInOneTransaction("--ikigai.postgres.url="
				+ this.database.url()
					.replace("jdbc:postgresql://",
							"postgresql://" + this.database.username() + ":" + this.database.password() + "@")
				+ "?application_name=orders&connect_timeout=10");
	}

	@Test
	void takesUserAndPasswordFromTheirOwnKeys() {
		runsInOneTransaction(TestApplication.on(this.database));
	}

	@Test
	void takesTheApplicationsDataSourceProperties() {
		runsInOneTransaction("--spring.datasource.url=" + this.database.url(),
				"--spring.datasource.username=" + this.database.username(),
				"--spring.datasource.password=" + this.database.password());
	}

	@Test
	void takesThemThoughTheUrlIsSetToNothing() {
		runsInOneTransaction("--ikigai.postgres.url=", "--spring.datasource.url=" + this.database.url(),
				"--spring.datasource.username=" + this.database.username(),
				"--spring.datasource.password=" + this.database.password());
	}

	@Test
	void takesBothAddressesIfTheyNameTheSameDatabase() {
		runsInOneTransaction(TestApplication.on(this.database,
				"--spring.datasource.url=" + this.database.url().replace("127.0.0.1", "localhost")));
	}

	@Test
	void takesTheApplicationsDataSourceBean() {
		try (ConfigurableApplicationContext context = TestApplication.run(WithDataSource.class,
				"--test.url=" + this.database.url(), "--test.username=" + this.database.username(),
				"--test.password=" + this.database.password())) {
			isOneTransaction(context);
		}
	}

	@Test
	void takesAServiceConnection() {
		try (ConfigurableApplicationContext context = TestApplication.run(WithConnectionDetails.class,
				"--test.url=" + this.database.url(), "--test.username=" + this.database.username(),
				"--test.password=" + this.database.password())) {
			isOneTransaction(context);
		}
	}

	@Test
	void worksWithAPoolWithoutAutoCommit() {
		try (ConfigurableApplicationContext context = TestApplication.run(Orders.class,
				TestApplication.on(this.database, "--spring.datasource.hikari.auto-commit=false"))) {
			assertThat(context.getBean(HikariDataSource.class).isAutoCommit()).isFalse();
			isOneTransaction(context);
			Platform platform = context.getBean(Platform.class);
			platform.queue("outside").enqueue(1);
			Task task = platform.queue("outside").claim(Duration.ofSeconds(10)).orElseThrow();
			task.extend(Duration.ofMinutes(1));
			task.complete();
			assertThat(platform.queue("outside").stats().completed()).isOne();
			assertThat(platform.agents().self().instances()).hasSize(1);
			HikariDataSource pool = context.getBean(HikariDataSource.class);
			assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
		}
	}

	@Test
	void usesTheSettingsOfTheApplicationsPool() {
		try (ConfigurableApplicationContext context = TestApplication.run(Orders.class,
				TestApplication.on(this.database, "--spring.datasource.hikari.maximum-pool-size=3"))) {
			assertThat(context.getBean(HikariDataSource.class).getMaximumPoolSize()).isEqualTo(3);
			isOneTransaction(context);
		}
	}

	private void runsInOneTransaction(String... arguments) {
		try (ConfigurableApplicationContext context = TestApplication.run(Orders.class, arguments)) {
			isOneTransaction(context);
		}
	}

	private void isOneTransaction(ConfigurableApplicationContext context) {
		Platform platform = context.getBean(Platform.class);
		Orders orders = context.getBean(Orders.class);
		assertThat(context.getBeansOfType(DataSource.class)).hasSize(1);
		assertThatIllegalStateException().isThrownBy(() -> orders.placeAndFail(1)).withMessage("order 1");
		assertThat(count("orders")).isEqualTo("0");
		assertThat(count("task_queue")).isEqualTo("0");
		orders.place(2);
		assertThat(count("orders")).isEqualTo("1");
		assertThatIllegalStateException().isThrownBy(() -> orders.shipAndFail(3));
		assertThat(count("orders")).isEqualTo("1");
		Optional<Task> task = platform.queue("orders").claim(Duration.ofSeconds(10));
		assertThat(task).hasValueSatisfying((present) -> assertThat(present.payload(Integer.class)).isEqualTo(2));
		task.orElseThrow().complete();
	}

	private String count(String table) {
		try {
			return this.database.queryForText("SELECT count(*) FROM " + table);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static class Orders {

		private final Platform platform;

		private final JdbcClient jdbc;

		Orders(Platform platform, JdbcClient jdbc) {
			this.platform = platform;
			this.jdbc = jdbc;
		}

		@Transactional
		public void place(int order) {
			this.jdbc.sql("INSERT INTO orders VALUES (?)").param(order).update();
			this.platform.queue("orders").enqueue(order);
		}

		@Transactional
		public void placeAndFail(int order) {
			String name = TransactionSynchronizationManager.getCurrentTransactionName();
			this.platform.transaction(() -> {
				assertThat(TransactionSynchronizationManager.getCurrentTransactionName()).isEqualTo(name);
				place(order);
			});
			throw new IllegalStateException("order " + order);
		}

		@Transactional
		public void shipAndFail(int order) {
			this.jdbc.sql("INSERT INTO orders VALUES (?)").param(order).update();
			// The claim belongs to this transaction, and is undone with it.
			this.platform.queue("orders").claim().orElseThrow().complete();
			throw new IllegalStateException("order " + order);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Orders.class)
	static class WithDataSource {

		@Bean
		DataSource orderDatabase(org.springframework.core.env.Environment environment) {
			return new DriverManagerDataSource(environment.getRequiredProperty("test.url"),
					environment.getRequiredProperty("test.username"), environment.getRequiredProperty("test.password"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Orders.class)
	static class WithConnectionDetails {

		@Bean
		JdbcConnectionDetails serviceConnection(org.springframework.core.env.Environment environment) {
			return new JdbcConnectionDetails() {
				@Override
				public String getUsername() {
					return environment.getRequiredProperty("test.username");
				}

				@Override
				public String getPassword() {
					return environment.getRequiredProperty("test.password");
				}

				@Override
				public String getJdbcUrl() {
					return environment.getRequiredProperty("test.url");
				}
			};
		}

	}

}
