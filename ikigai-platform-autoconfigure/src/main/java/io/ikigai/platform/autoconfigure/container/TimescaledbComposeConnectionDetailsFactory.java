package io.ikigai.platform.autoconfigure.container;

import io.ikigai.platform.autoconfigure.TimescaledbConnectionDetails;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;

/**
 * TimescaleDB as a service of Docker Compose, by its images.
 */
class TimescaledbComposeConnectionDetailsFactory
		extends DockerComposeConnectionDetailsFactory<TimescaledbConnectionDetails> {

	private static final int PORT = 5432;

	TimescaledbComposeConnectionDetailsFactory() {
		super(new String[] { "timescale/timescaledb", "timescale/timescaledb-ha" });
	}

	@Override
	protected TimescaledbConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new Details(source.getRunningService());
	}

	/**
	 * The images are PostgreSQL's, and so are their variables and defaults.
	 */
	private static final class Details extends DockerComposeConnectionDetails implements TimescaledbConnectionDetails {

		private final RunningService service;

		private Details(RunningService service) {
			super(service);
			this.service = service;
		}

		@Override
		public String jdbcUrl() {
			return "jdbc:postgresql://" + this.service.host() + ":" + this.service.ports().get(PORT) + "/"
					+ this.service.env().getOrDefault("POSTGRES_DB", username());
		}

		@Override
		public String username() {
			return this.service.env().getOrDefault("POSTGRES_USER", "postgres");
		}

		@Override
		public @Nullable String password() {
			return this.service.env().get("POSTGRES_PASSWORD");
		}

	}

}
