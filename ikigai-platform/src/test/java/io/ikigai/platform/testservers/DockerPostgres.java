package io.ikigai.platform.testservers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

import com.github.dockerjava.api.DockerClient;
import io.ikigai.platform.testing.Waits;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * PostgreSQL in a container. Testcontainers removes it when the JVM has ended.
 */
final class DockerPostgres implements RunningServer {

	private final String image;

	private final PostgreSQLContainer container;

	private final int port;

	/**
	 * Start a container and wait until clients may connect.
	 * @param image the image's name
	 * @throws ServerUnavailableException when no Docker engine answers, or it cannot get
	 * or start the image
	 */
	DockerPostgres(String image) {
		if (!DockerClientFactory.instance().isDockerAvailable()) {
			throw new ServerUnavailableException("no Docker engine answers");
		}
		this.image = image;
		this.container = new PostgreSQLContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"));
		this.port = freePort();
		this.container.withDatabaseName("postgres").withUsername("postgres").withPassword(UUID.randomUUID().toString());
		// SCRAM takes a client 20 ms of processor time for each connection
		this.container.withEnv("POSTGRES_INITDB_ARGS", "--auth=md5");
		// Testcontainers' own command turns fsync off
		this.container.withCommand("postgres", "-c", "max_connections=300", "-c", "jit=off", "-c", "timezone=UTC");
		this.container.withSharedMemorySize(256L * 1024 * 1024);
		// A port of Docker's choice would be another one after each start
		String address = "localhost".equals(this.container.getHost()) ? "127.0.0.1:" : "";
		this.container.setPortBindings(List.of(address + this.port + ":" + PostgreSQLContainer.POSTGRESQL_PORT));
		try {
			this.container.start();
		}
		catch (ContainerLaunchException | ContainerFetchException ex) {
			throw new ServerUnavailableException("the Docker engine does not start " + image + ": " + ex.getMessage(),
					ex);
		}
	}

	static int freePort() {
		while (true) {
			// Below the ports that the kernel hands out to clients: one that retries
			// while
			// the server is stopped could be given the server's own port
			int candidate = ThreadLocalRandom.current().nextInt(10000, 20000);
			try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
				return socket.getLocalPort();
			}
			catch (IOException taken) {
				continue;
			}
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
		return this.container.getPassword();
	}

	@Override
	public void stop(Shutdown shutdown) {
		DockerClient docker = this.container.getDockerClient();
		String id = this.container.getContainerId();
		String signal = switch (shutdown) {
			case FAST -> "SIGINT";
			case IMMEDIATE -> "SIGQUIT";
			case KILLED -> "SIGKILL";
		};
		docker.killContainerCmd(id).withSignal(signal).exec();
		Waits.await("PostgreSQL's end")
			.until(() -> !Boolean.TRUE.equals(docker.inspectContainerCmd(id).exec().getState().getRunning()));
	}

	@Override
	public void start() {
		this.container.getDockerClient().startContainerCmd(this.container.getContainerId()).exec();
		Waits.await("PostgreSQL's start").ignoreExceptionsInstanceOf(SQLException.class).until(this::answers);
	}

	private boolean answers() throws SQLException {
		try (Connection connection = this.container.createConnection("")) {
			return connection.isValid(5);
		}
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
