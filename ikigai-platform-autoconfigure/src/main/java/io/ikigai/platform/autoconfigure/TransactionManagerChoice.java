package io.ikigai.platform.autoconfigure;

import java.util.List;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.ResourceTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Which of the application's transaction managers is that of the platform's DataSource.
 */
final class TransactionManagerChoice {

	private final DataSource dataSource;

	TransactionManagerChoice(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	/**
	 * Chooses.
	 * @param managers the managers, the primary one first
	 */
	PlatformTransactionManager from(List<PlatformTransactionManager> managers) {
		return managers.stream()
			.filter(this::isMadeForIt)
			.findFirst()
			.or(() -> managers.stream().filter(this::hasItInItsTransactions).findFirst())
			.orElseThrow(() -> refusal(managers));
	}

	private boolean isMadeForIt(PlatformTransactionManager manager) {
		return manager instanceof ResourceTransactionManager of && of.getResourceFactory() == this.dataSource;
	}

	// As that of JPA does. Another one would let the platform's work commit by itself.
	private boolean hasItInItsTransactions(PlatformTransactionManager manager) {
		try {
			return Boolean.TRUE
				.equals(new TransactionTemplate(manager).execute((status) -> TransactionSynchronizationManager
					.getResource(this.dataSource) instanceof ConnectionHolder));
		}
		catch (TransactionException ex) {
			// Of a system that is not there; surely not of the DataSource, which is.
			return false;
		}
	}

	private static PlatformConfigurationException refusal(List<PlatformTransactionManager> managers) {
		String found = managers.isEmpty() ? "The application has no transaction manager"
				: "The application's transaction managers "
						+ managers.stream().map((manager) -> manager.getClass().getSimpleName()).toList()
						+ " do not manage the platform's DataSource";
		return new PlatformConfigurationException(
				found + ", so that nothing could be done together with the application's work.",
				"Declare a JdbcTransactionManager (or a JpaTransactionManager) for the DataSource that the platform "
						+ "shares, or give the platform a database of its own: ikigai.postgres.url and "
						+ "ikigai.postgres.separate = true.",
				null);
	}

}
