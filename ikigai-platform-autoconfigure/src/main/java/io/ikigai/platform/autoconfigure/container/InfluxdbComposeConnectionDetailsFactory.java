package io.ikigai.platform.autoconfigure.container;

import io.ikigai.platform.autoconfigure.InfluxdbConnectionDetails;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;

/**
 * InfluxDB 1.x as a service of Docker Compose, by the image {@code influxdb}.
 */
class InfluxdbComposeConnectionDetailsFactory extends DockerComposeConnectionDetailsFactory<InfluxdbConnectionDetails> {

	InfluxdbComposeConnectionDetailsFactory() {
		super("influxdb", "org.influxdb.InfluxDB");
	}

	@Override
	protected InfluxdbConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new Details(source.getRunningService());
	}

	private static final class Details extends DockerComposeConnectionDetails implements InfluxdbConnectionDetails {

		private final String url;

		private final InfluxdbVariables variables;

		private Details(RunningService service) {
			super(service);
			this.url = "http://" + service.host() + ":" + service.ports().get(InfluxdbVariables.PORT);
			this.variables = new InfluxdbVariables(service.env());
		}

		@Override
		public String url() {
			return this.url;
		}

		@Override
		public @Nullable String username() {
			return this.variables.username();
		}

		@Override
		public @Nullable String password() {
			return this.variables.password();
		}

	}

}
