package io.ikigai.platform.testservers;

import java.util.List;
import java.util.UUID;

import io.ikigai.platform.testing.Waits;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Redis in a container. Testcontainers removes it when the JVM has ended.
 */
final class DockerRedis implements RunningServer {

	private static final int PORT = 6379;

	private final String image;

	private final String password = UUID.randomUUID().toString();

	private final GenericContainer<?> container;

	private final int port;

	/**
	 * Start a container and wait until clients may connect.
	 * @param image the image's name
	 * @throws ServerUnavailableException when no Docker engine answers, or it cannot get
	 * or start the image
	 */
	DockerRedis(String image) {
		if (!DockerClientFactory.instance().isDockerAvailable()) {
			throw new ServerUnavailableException("no Docker engine answers");
		}
		this.image = image;
		this.port = DockerPostgres.freePort();
		this.container = new GenericContainer<>(DockerImageName.parse(image)).withExposedPorts(PORT)
			.withCommand("redis-server", "--requirepass", this.password, "--appendonly", "yes");
		// A port of Docker's choice would be another one after each start
		String address = "localhost".equals(this.container.getHost()) ? "127.0.0.1:" : "";
		this.container.setPortBindings(List.of(address + this.port + ":" + PORT));
		try {
			this.container.start();
		}
		catch (ContainerLaunchException | ContainerFetchException ex) {
			throw new ServerUnavailableException("the Docker engine does not start " + image + ": " + ex.getMessage(),
					ex);
		}
	}

	@Override
	public String description() {
		return this.image + " on port " + this.port;
	}

	@Override
	public String host() {
		return "localhost".equals(this.container.getHost()) ? "127.0.0.1" : this.container.getHost();
	}

	@Override
	public int port() {
		return this.port;
	}

	@Override
	public String password() {
		return this.password;
	}

	@Override
	public void stop(Shutdown shutdown) {
		String id = this.container.getContainerId();
		this.container.getDockerClient()
			.killContainerCmd(id)
			.withSignal((shutdown == Shutdown.FAST) ? "SIGTERM" : "SIGKILL")
			.exec();
		Waits.await("the end of Redis")
			.until(() -> !Boolean.TRUE
				.equals(this.container.getDockerClient().inspectContainerCmd(id).exec().getState().getRunning()));
	}

	@Override
	public void start() {
		this.container.getDockerClient().startContainerCmd(this.container.getContainerId()).exec();
		Waits.await("the start of Redis")
			.until(() -> this.container.execInContainer("redis-cli", "-a", this.password, "ping")
				.getStdout()
				.contains("PONG"));
	}

	@Override
	public void freeze() {
		this.container.getDockerClient().pauseContainerCmd(this.container.getContainerId()).exec();
	}

	@Override
	public void thaw() {
		this.container.getDockerClient().unpauseContainerCmd(this.container.getContainerId()).exec();
	}

	@Override
	public void close() {
		this.container.stop();
	}

}
