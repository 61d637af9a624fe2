package io.ikigai.platform.autoconfigure.container;

import io.ikigai.platform.autoconfigure.TimescaledbConnectionDetails;
import org.testcontainers.containers.JdbcDatabaseContainer;

import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;

/**
 * TimescaleDB in a container of Testcontainers, with the connection name
 * {@code timescaledb}.
 */
class TimescaledbContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<JdbcDatabaseContainer<?>, TimescaledbConnectionDetails> {

	TimescaledbContainerConnectionDetailsFactory() {
		super("timescaledb");
	}

	@Override
	protected TimescaledbConnectionDetails getContainerConnectionDetails(
			ContainerConnectionSource<JdbcDatabaseContainer<?>> source) {
		return new Details(source);
	}

	private static final class Details extends ContainerConnectionDetails<JdbcDatabaseContainer<?>>
			implements TimescaledbConnectionDetails {

		private Details(ContainerConnectionSource<JdbcDatabaseContainer<?>> source) {
			super(source);
		}

		@Override
		public String jdbcUrl() {
			return getContainer().getJdbcUrl();
		}

		@Override
		public String username() {
			return getContainer().getUsername();
		}

		@Override
		public String password() {
			return getContainer().getPassword();
		}

	}

}
