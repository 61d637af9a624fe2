package io.ikigai.platform.autoconfigure.container;

import io.ikigai.platform.autoconfigure.NatsConnectionDetails;

import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;

/**
 * NATS as a service of Docker Compose, by the image {@code nats}. Compose does not tell
 * the options of a command, so that it must be one without credentials.
 */
class NatsComposeConnectionDetailsFactory extends DockerComposeConnectionDetailsFactory<NatsConnectionDetails> {

	private static final int PORT = 4222;

	NatsComposeConnectionDetailsFactory() {
		super("nats", "io.nats.client.Connection");
	}

	@Override
	protected NatsConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new Details(source.getRunningService());
	}

	private static final class Details extends DockerComposeConnectionDetails implements NatsConnectionDetails {

		private final String url;

		private Details(RunningService service) {
			super(service);
			this.url = "nats://" + service.host() + ":" + service.ports().get(PORT);
		}

		@Override
		public String url() {
			return this.url;
		}

	}

}
