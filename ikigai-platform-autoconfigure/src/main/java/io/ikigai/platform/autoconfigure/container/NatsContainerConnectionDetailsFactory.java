package io.ikigai.platform.autoconfigure.container;

import java.util.Arrays;
import java.util.List;

import io.ikigai.platform.autoconfigure.NatsConnectionDetails;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.Container;

import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;

/**
 * NATS in a container of Testcontainers, with the connection name {@code nats}.
 */
class NatsContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<Container<?>, NatsConnectionDetails> {

	private static final int PORT = 4222;

	NatsContainerConnectionDetailsFactory() {
		super("nats", "io.nats.client.Connection");
	}

	@Override
	protected NatsConnectionDetails getContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
		return new Details(source);
	}

	/**
	 * The image takes its credentials as options of its command.
	 */
	private static final class Details extends ContainerConnectionDetails<Container<?>>
			implements NatsConnectionDetails {

		private Details(ContainerConnectionSource<Container<?>> source) {
			super(source);
		}

		@Override
		public String url() {
			return "nats://" + getContainer().getHost() + ":" + getContainer().getMappedPort(PORT);
		}

		@Override
		public @Nullable String username() {
			return option("--user");
		}

		@Override
		public @Nullable String password() {
			return option("--pass");
		}

		@Override
		public @Nullable String token() {
			return option("--auth");
		}

		private @Nullable String option(String name) {
			List<String> command = Arrays.asList(getContainer().getCommandParts());
			int at = command.indexOf(name);
			return (at >= 0 && at + 1 < command.size()) ? command.get(at + 1) : null;
		}

	}

}
