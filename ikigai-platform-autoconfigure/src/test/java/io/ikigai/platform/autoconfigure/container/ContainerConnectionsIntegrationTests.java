package io.ikigai.platform.autoconfigure.container;

import java.lang.reflect.Constructor;
import java.net.URI;
import java.util.List;
import java.util.Map;

import io.ikigai.platform.Platform;
import io.ikigai.platform.autoconfigure.InfluxdbConnectionDetails;
import io.ikigai.platform.autoconfigure.NatsConnectionDetails;
import io.ikigai.platform.autoconfigure.TimescaledbConnectionDetails;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.testservers.InfluxdbServer;
import io.ikigai.platform.testservers.NatsServer;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.JdbcDatabaseContainer;
import org.testcontainers.utility.DockerImageName;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsFactories;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections from containers. There is no engine: the containers and the services of
 * Compose are stand-ins, and what they say leads to real servers.
 */
class ContainerConnectionsIntegrationTests {

	private static final PostgresDatabase timescaledb = PostgresServer.sharedTimescale().freshDatabase();

	@Test
	void connectsToContainersOfTestcontainers() throws Exception {
		try (ConfigurableApplicationContext context = start(Containers.class, (any) -> {
		}, "--ikigai.services.mailboxes=nats", "--ikigai.services.telemetry=timescaledb")) {
			Platform platform = context.getBean(Platform.class);
			platform.mailbox("container").send("hello");
			assertThat(platform.mailbox("container").receive().orElseThrow().payload(String.class)).isEqualTo("hello");
			platform.telemetry().emit("contained", "event");
			platform.telemetry().flush();
			assertThat(platform.telemetry().query(TelemetryQuery.all().withType("contained"))).hasSize(1);
		}
		assertThat(timescaledb.queryForText("SELECT count(*) FROM telemetry WHERE event_type = 'contained'"))
			.isEqualTo("1");
	}

	@Test
	void connectsToServicesOfDockerCompose() {
		InfluxdbServer server = InfluxdbServer.shared();
		URI address = URI.create(server.url());
		InfluxdbConnectionDetails details = compose(InfluxdbConnectionDetails.class, "influxdb:1.8", address,
				Map.of("INFLUXDB_ADMIN_USER", server.username(), "INFLUXDB_ADMIN_PASSWORD", server.password(),
						"INFLUXDB_USER", "other", "INFLUXDB_USER_PASSWORD", "other"));
		try (ConfigurableApplicationContext context = start(Nothing.class,
				(any) -> any.getBeanFactory().registerSingleton("influxdbConnectionDetails", details),
				"--ikigai.services.telemetry=influxdb", "--ikigai.influxdb.database=compose")) {
			Platform platform = context.getBean(Platform.class);
			platform.telemetry().emit("composed", "event");
			platform.telemetry().flush();
			assertThat(platform.telemetry().query(TelemetryQuery.all().withType("composed"))).isNotEmpty();
		}
	}

	@Test
	void knowsTheServicesOfDockerComposeByTheirImages() {
		URI address = URI.create("any://there:1234");
		assertThat(compose(NatsConnectionDetails.class, "nats:2.10-alpine", address, Map.of()).url())
			.isEqualTo("nats://there:1234");
		TimescaledbConnectionDetails details = compose(TimescaledbConnectionDetails.class,
				"timescale/timescaledb:latest-pg17", address, Map.of("POSTGRES_USER", "me", "POSTGRES_PASSWORD", "s"));
		assertThat(details.jdbcUrl()).isEqualTo("jdbc:postgresql://there:1234/me");
		assertThat(details.username()).isEqualTo("me");
		assertThat(details.password()).isEqualTo("s");
		InfluxdbConnectionDetails user = compose(InfluxdbConnectionDetails.class, "influxdb:1.8", address,
				Map.of("INFLUXDB_USER", "me", "INFLUXDB_USER_PASSWORD", "s"));
		assertThat(user.username() + user.password()).isEqualTo("mes");
	}

	private static ConfigurableApplicationContext start(Class<?> configuration,
			ApplicationContextInitializer<ConfigurableApplicationContext> initializer, String... arguments) {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE)
			.initializers(initializer)
			.properties("ikigai.postgres.url=" + database.url(), "ikigai.postgres.username=" + database.username(),
					"ikigai.postgres.password=" + database.password(), "spring.flyway.enabled=false",
					"spring.main.banner-mode=off")
			.run(arguments);
	}

	// The source is Boot's to make; what is found for it is found as Boot finds it.
	private static <D extends ConnectionDetails> D compose(Class<D> type, String image, URI address,
			Map<String, String> environment) {
		try {
			Constructor<DockerComposeConnectionSource> constructor = DockerComposeConnectionSource.class
				.getDeclaredConstructor(RunningService.class, Environment.class);
			constructor.setAccessible(true);
			Map<Class<?>, ConnectionDetails> found = new ConnectionDetailsFactories(null).getConnectionDetails(
					constructor.newInstance(new Service("service", ImageReference.of(image), address.getHost(),
							new OnePort(address.getPort()), environment, Map.of()), new MockEnvironment()),
					true);
			assertThat(found).containsOnlyKeys(type);
			return type.cast(found.get(type));
		}
		catch (ReflectiveOperationException ex) {
			throw new AssertionError(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Nothing {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Containers {

		@Bean
		@ServiceConnection("nats")
		Existing nats() {
			NatsServer server = NatsServer.shared();
			URI address = URI.create(server.url());
			return new Existing("nats:2.10", address).withCommand("--jetstream", "--user", "ikigai", "--pass",
					server.password());
		}

		@Bean
		@ServiceConnection(name = "timescaledb", type = TimescaledbConnectionDetails.class)
		ExistingDatabase timescaledb() {
			return new ExistingDatabase(timescaledb);
		}

	}

	record OnePort(int port) implements ConnectionPorts {

		@Override
		public int get(int containerPort) {
			return this.port;
		}

		@Override
		public List<Integer> getAll() {
			return List.of(this.port);
		}

		@Override
		public List<Integer> getAll(String protocol) {
			return List.of(this.port);
		}

	}

	record Service(String name, ImageReference image, String host, ConnectionPorts ports, Map<String, String> env,
			Map<String, String> labels) implements RunningService {
	}

	/**
	 * A container that runs already, elsewhere.
	 */
	static final class Existing extends GenericContainer<Existing> {

		private final String image;

		private final URI address;

		Existing(String image, URI address) {
			super(DockerImageName.parse(image));
			this.image = image;
			this.address = address;
		}

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public String getDockerImageName() {
			return this.image;
		}

		@Override
		public String getHost() {
			return this.address.getHost();
		}

		@Override
		public Integer getMappedPort(int port) {
			return this.address.getPort();
		}

	}

	/**
	 * A database that runs already, elsewhere.
	 */
	static final class ExistingDatabase extends JdbcDatabaseContainer<ExistingDatabase> {

		private static final String IMAGE = "timescale/timescaledb:latest-pg17";

		private final PostgresDatabase database;

		ExistingDatabase(PostgresDatabase database) {
			super(DockerImageName.parse(IMAGE));
			this.database = database;
		}

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public String getDockerImageName() {
			return IMAGE;
		}

		@Override
		public String getDriverClassName() {
			return "org.postgresql.Driver";
		}

		@Override
		public String getJdbcUrl() {
			return this.database.url();
		}

		@Override
		public String getUsername() {
			return this.database.username();
		}

		@Override
		public String getPassword() {
			return this.database.password();
		}

		@Override
		public String getTestQueryString() {
			return "SELECT 1";
		}

	}

}
