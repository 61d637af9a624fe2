package io.ikigai.platform.transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import io.ikigai.platform.Platform;
import io.ikigai.platform.TransactionPhaseContractTests.Phase;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * An application whose transactions call work in each of their phases.
 *
 * @param context the application
 * @param manager what begins its transactions
 * @param otherDatabase what begins those of another database
 */
record PhasesApplication(ConfigurableApplicationContext context, PlatformTransactionManager manager,
		PlatformTransactionManager otherDatabase) implements AutoCloseable {

	static PhasesApplication start(PostgresDatabase database, String... properties) {
		return start(Application.class, database, properties);
	}

	static PhasesApplication start(Class<?> application, PostgresDatabase database, String... properties) {
		List<String> arguments = new ArrayList<>(
				List.of("--ikigai.postgres.url=" + database.url(), "--ikigai.postgres.username=" + database.username(),
						"--ikigai.postgres.password=" + database.password(), "--spring.flyway.enabled=false",
						"--spring.main.banner-mode=off", "--logging.level.org.springframework.transaction=warn"));
		for (String property : properties) {
			arguments.add("--" + property);
		}
		ConfigurableApplicationContext context = new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.run(arguments.toArray(String[]::new));
		PostgresDatabase other = PostgresServer.shared().freshDatabase();
		return new PhasesApplication(context, context.getBean(PlatformTransactionManager.class),
				new JdbcTransactionManager(
						new DriverManagerDataSource(other.url(), other.username(), other.password())));
	}

	Platform platform() {
		return this.context.getBean(Platform.class);
	}

	private DataSource dataSource() {
		return this.context.getBean(DataSource.class);
	}

	/**
	 * Runs a transaction and work in one of its phases.
	 */
	void during(Phase phase, Runnable before, Runnable work) {
		// Spring logs what is thrown after the completion
		AtomicReference<Throwable> failure = new AtomicReference<>();
		List<Runnable> called = new ArrayList<>();
		Runnable watched = () -> {
			called.add(work);
			try {
				work.run();
			}
			catch (Throwable ex) {
				failure.set(ex);
			}
		};
		begin(phase, before, watched);
		if (failure.get() instanceof Error error) {
			throw error;
		}
		if (failure.get() instanceof RuntimeException exception) {
			throw exception;
		}
		if (called.size() != 1) {
			throw new AssertionError("The work of " + phase + " was called " + called.size() + " times");
		}
	}

	private void begin(Phase phase, Runnable before, Runnable work) {
		switch (phase) {
			case BEFORE_COMMIT -> publish(new BeforeCommit(work), before, false);
			case AFTER_COMMIT -> synchronize(this.manager, new Callback(work, null), before, false);
			case AFTER_COMPLETION -> synchronize(this.manager, new Callback(null, work), before, false);
			case AFTER_COMPLETION_OF_ROLLBACK -> synchronize(this.manager, new Callback(null, work), before, true);
			case LISTENER_AFTER_COMMIT -> publish(new AfterCommit(work), before, false);
			case LISTENER_AFTER_ROLLBACK -> publish(new AfterRollback(work), before, true);
			case LISTENER_AFTER_COMPLETION -> publish(new AfterCompletion(work), before, false);
			case NEW_TRANSACTION_AFTER_COMMIT -> publish(
					new AfterCommit(() -> inside(this.manager, TransactionDefinition.PROPAGATION_REQUIRES_NEW, work)),
					before, false);
			case AFTER_NEW_TRANSACTION -> publish(new AfterCommit(() -> {
				inside(this.manager, TransactionDefinition.PROPAGATION_REQUIRES_NEW, () -> select(1));
				work.run();
			}), before, false);
			case REQUIRED_AFTER_COMMIT ->
				publish(new AfterCommit(() -> inside(this.manager, TransactionDefinition.PROPAGATION_REQUIRED, work)),
						before, false);
			case UNKNOWN_MANAGER_AFTER_COMMIT ->
				synchronize(new JdbcTransactionManager(dataSource()), new Callback(null, work), before, false);
			case OTHER_DATABASE -> inside(this.otherDatabase, TransactionDefinition.PROPAGATION_REQUIRED, () -> {
				before.run();
				work.run();
			});
			case OTHER_DATABASE_AND_CONNECTION ->
				inside(this.otherDatabase, TransactionDefinition.PROPAGATION_REQUIRED, () -> {
					select(1);
					before.run();
					work.run();
				});
			case OTHER_DATABASE_WITHIN -> inTransaction(this.manager, false, () -> {
				inside(this.otherDatabase, TransactionDefinition.PROPAGATION_REQUIRED, () -> {
					before.run();
					work.run();
				});
				// Another process would be told too early
				select(1);
			});
			case SUPPORTS -> inside(this.manager, TransactionDefinition.PROPAGATION_SUPPORTS, () -> {
				select(1);
				before.run();
				work.run();
			});
		}
	}

	private void select(int value) {
		new JdbcTemplate(dataSource()).queryForObject("SELECT " + value, Integer.class);
	}

	private void publish(Object event, Runnable before, boolean rollback) {
		inTransaction(this.manager, rollback, () -> {
			this.context.publishEvent(event);
			before.run();
		});
	}

	private static void synchronize(PlatformTransactionManager manager, TransactionSynchronization callback,
			Runnable before, boolean rollback) {
		inTransaction(manager, rollback, () -> {
			TransactionSynchronizationManager.registerSynchronization(callback);
			before.run();
		});
	}

	private static void inTransaction(PlatformTransactionManager manager, boolean rollback, Runnable work) {
		new TransactionTemplate(manager).executeWithoutResult((status) -> {
			work.run();
			if (rollback) {
				status.setRollbackOnly();
			}
		});
	}

	private static void inside(PlatformTransactionManager manager, int propagation, Runnable work) {
		TransactionTemplate template = new TransactionTemplate(manager);
		template.setPropagationBehavior(propagation);
		template.executeWithoutResult((status) -> work.run());
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * The application.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Listeners.class)
	static class Application {

	}

	static class Listeners {

		@TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
		void before(BeforeCommit event) {
			event.work.run();
		}

		@TransactionalEventListener
		void after(AfterCommit event) {
			event.work.run();
		}

		@TransactionalEventListener(phase = TransactionPhase.AFTER_ROLLBACK)
		void afterRollback(AfterRollback event) {
			event.work.run();
		}

		@TransactionalEventListener(phase = TransactionPhase.AFTER_COMPLETION)
		void afterCompletion(AfterCompletion event) {
			event.work.run();
		}

	}

	record BeforeCommit(Runnable work) {
	}

	record AfterCommit(Runnable work) {
	}

	record AfterRollback(Runnable work) {
	}

	record AfterCompletion(Runnable work) {
	}

	private record Callback(Runnable onCommit, Runnable onCompletion) implements TransactionSynchronization {

		@Override
		public void afterCommit() {
			if (this.onCommit != null) {
				this.onCommit.run();
			}
		}

		@Override
		public void afterCompletion(int status) {
			if (this.onCompletion != null) {
				this.onCompletion.run();
			}
		}

	}

}
