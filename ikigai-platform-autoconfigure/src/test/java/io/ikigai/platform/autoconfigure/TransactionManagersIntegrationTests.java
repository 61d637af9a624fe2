package io.ikigai.platform.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.StaleClaimException;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The platform works in the transactions of its DataSource, whichever manager makes them,
 * and in no others.
 */
@ExtendWith(OutputCaptureExtension.class)
class TransactionManagersIntegrationTests {

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	@Test
	void sharesTheTransactionsOfJpa() {
		sharesTheTransactionsOfJpa(TestApplication.on(this.database));
	}

	@Test
	void sharesTheTransactionsOfJpaWithAPoolWithoutAutoCommit() {
		sharesTheTransactionsOfJpa(TestApplication.on(this.database, "--spring.datasource.hikari.auto-commit=false"));
	}

	private void sharesTheTransactionsOfJpa(String... arguments) {
		try (ConfigurableApplicationContext context = TestApplication.run(Jpa.class, arguments)) {
			Platform platform = context.getBean(Platform.class);
			Ships ships = context.getBean(Ships.class);
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			ships.launch(1, false);
			assertThat(platform.queue("ships").stats().ready()).isOne();
			assertThatIllegalStateException().isThrownBy(() -> ships.launch(2, true)).withMessage("ship 2");
			assertThatIllegalStateException().isThrownBy(() -> ships.claimAndFail()).withMessage("claimed 1");
			assertThat(platform.queue("ships").list(TaskState.READY, 10)).singleElement()
				.satisfies((task) -> assertThat(task.attempt()).isZero());
			Task late = platform.queue("ships").claim().orElseThrow();
			platform.queue("ships").cancel(late.id());
			assertThatExceptionOfType(UnexpectedRollbackException.class).isThrownBy(() -> ships.finishLate(late));
			assertThat(jdbc.sql("SELECT count(*) FROM ship").query(Long.class).single()).isOne();
			worksAfterTransactionsOfJpa(platform, context.getBean(JpaTransactionManager.class), ships);
		}
	}

	private static void worksAfterTransactionsOfJpa(Platform platform, JpaTransactionManager manager, Ships ships) {
		TransactionTemplate transaction = new TransactionTemplate(manager);
		for (boolean afterCommit : new boolean[] { true, false }) {
			for (boolean rollback : new boolean[] { false, !afterCommit }) {
				List<RuntimeException> thrown = new ArrayList<>();
				transaction.executeWithoutResult((status) -> {
					if (rollback) {
						status.setRollbackOnly();
					}
					ships.rename();
					TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
						@Override
						public void afterCommit() {
							if (afterCommit) {
								work();
							}
						}

						@Override
						public void afterCompletion(int completion) {
							if (!afterCommit) {
								work();
							}
						}

						private void work() {
							try {
								platform.queue("after").enqueue("alone");
								platform.queue("after").enqueueAll(List.of("many", "many"));
								platform.transaction(() -> {
									ships.rename();
									platform.queue("after").enqueue("together");
								});
								assertThatIllegalStateException().isThrownBy(() -> platform.transaction(() -> {
									platform.queue("after").enqueue("undone");
									ships.rename();
									throw new IllegalStateException("deliberate");
								}));
								assertThat(platform.queue("after").claim()).isPresent();
							}
							catch (RuntimeException ex) {
								thrown.add(ex);
							}
						}
					});
				});
				assertThat(thrown).isEmpty();
				assertThat(platform.queue("after").claim(10)).extracting(Task::json)
					.containsExactlyInAnyOrder("\"many\"", "\"many\"", "\"together\"");
			}
		}
	}

	@Test
	void choosesTheManagerOfItsDataSource() {
		try (ConfigurableApplicationContext context = TestApplication.run(SeveralManagers.class,
				TestApplication.on(this.database))) {
			assertThat(context.getBean(PlatformDatabase.class).transactionManager())
				.isSameAs(context.getBean("databaseTransactions"));
		}
	}

	@Test
	void takesNoPartInTheTransactionsOfAnotherDatabase() {
		PostgresDatabase other = PostgresServer.shared().freshDatabase();
		try (ConfigurableApplicationContext context = TestApplication.run(SeveralManagers.class,
				TestApplication.on(this.database))) {
			Platform platform = context.getBean(Platform.class);
			DriverManagerDataSource dataSource = new DriverManagerDataSource(other.url(), other.username(),
					other.password());
			new TransactionTemplate(new JdbcTransactionManager(dataSource)).executeWithoutResult((status) -> {
				platform.queue("orders").enqueue(1);
				// Committed with a lease, as that transaction does not guard it.
				assertThat(platform.queue("orders").claim()).isPresent();
				status.setRollbackOnly();
			});
			assertThat(platform.queue("orders").stats().claimed()).isOne();
		}
	}

	@Test
	void refusesManagersThatAreOfSomethingElse(CapturedOutput output) {
		assertThatException()
			.isThrownBy(() -> TestApplication.run(AnotherManager.class, TestApplication.on(this.database)));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("transaction managers [OtherTransactions] do not manage the platform's DataSource")
			.contains("Declare a JdbcTransactionManager");
	}

	@Configuration(proxyBeanMethods = false)
	static class Jpa {

		@Bean
		LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource dataSource) {
			LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
			factory.setDataSource(dataSource);
			factory.setManagedTypes(
					org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes.of(Ship.class.getName()));
			factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
			factory.setJpaPropertyMap(Map.of("hibernate.hbm2ddl.auto", "create"));
			return factory;
		}

		@Bean
		JpaTransactionManager transactionManager(EntityManagerFactory factory) {
			return new JpaTransactionManager(factory);
		}

		@Bean
		Ships ships(Platform platform) {
			return new Ships(platform);
		}

	}

	@Entity(name = "ship")
	static class Ship {

		@Id
		int id;

		String name;

	}

	static class Ships {

		private final Platform platform;

		@PersistenceContext
		private EntityManager entities;

		Ships(Platform platform) {
			this.platform = platform;
		}

		@Transactional
		public void launch(int id, boolean fail) {
			Ship ship = new Ship();
			ship.id = id;
			this.entities.persist(ship);
			this.platform.transaction(() -> this.platform.queue("ships").enqueue(id));
			if (fail) {
				throw new IllegalStateException("ship " + id);
			}
		}

		@Transactional
		public void rename() {
			this.entities.createQuery("UPDATE ship SET name = 'renamed'").executeUpdate();
		}

		@Transactional
		public void finishLate(Task task) {
			launch(3, false);
			assertThatExceptionOfType(StaleClaimException.class).isThrownBy(task::complete);
		}

		@Transactional
		public void claimAndFail() {
			throw new IllegalStateException(
					"claimed " + this.platform.queue("ships").claim().orElseThrow().payload(Integer.class));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SeveralManagers {

		@Bean
		@Primary
		PlatformTransactionManager otherTransactions() {
			return new OtherTransactions();
		}

		@Bean
		PlatformTransactionManager databaseTransactions(DataSource dataSource) {
			return new JdbcTransactionManager(dataSource);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnotherManager {

		@Bean
		PlatformTransactionManager otherTransactions() {
			return new OtherTransactions();
		}

	}

	/**
	 * Of a broker, say.
	 */
	static class OtherTransactions extends AbstractPlatformTransactionManager {

		@Override
		protected Object doGetTransaction() {
			return new Object();
		}

		@Override
		protected void doBegin(Object transaction, org.springframework.transaction.TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

	}

}
