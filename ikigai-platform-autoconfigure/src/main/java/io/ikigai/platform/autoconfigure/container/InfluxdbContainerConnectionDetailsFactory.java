package io.ikigai.platform.autoconfigure.container;

import io.ikigai.platform.autoconfigure.InfluxdbConnectionDetails;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.Container;

import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;

/**
 * InfluxDB 1.x in a container of Testcontainers, with the connection name
 * {@code influxdb}.
 */
class InfluxdbContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<Container<?>, InfluxdbConnectionDetails> {

	InfluxdbContainerConnectionDetailsFactory() {
		super("influxdb", "org.influxdb.InfluxDB");
	}

	@Override
	protected InfluxdbConnectionDetails getContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
		return new Details(source);
	}

	private static final class Details extends ContainerConnectionDetails<Container<?>>
			implements InfluxdbConnectionDetails {

		private Details(ContainerConnectionSource<Container<?>> source) {
			super(source);
		}

		@Override
		public String url() {
			return "http://" + getContainer().getHost() + ":" + getContainer().getMappedPort(InfluxdbVariables.PORT);
		}

		@Override
		public @Nullable String username() {
			return new InfluxdbVariables(getContainer().getEnvMap()).username();
		}

		@Override
		public @Nullable String password() {
			return new InfluxdbVariables(getContainer().getEnvMap()).password();
		}

	}

}
