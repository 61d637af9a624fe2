package io.ikigai.platform.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.telemetry.TelemetryQuery;
import io.ikigai.platform.testservers.InfluxdbServer;
import io.ikigai.platform.testservers.NatsServer;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RabbitmqServer;
import io.ikigai.platform.testservers.RedisServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * SSL bundles say what the connections to backends trust.
 */
@ExtendWith(OutputCaptureExtension.class)
class SslBundleIntegrationTests {

	@TempDir
	private static Path directory;

	private static Path certificate;

	@BeforeAll
	static void makeCertificate() throws Exception {
		certificate = TlsEntrance.certificate(directory);
	}

	@Test
	void securesNats() throws Exception {
		try (TlsEntrance entrance = TlsEntrance.toNats(NatsServer.shared().url(), certificate);
				ConfigurableApplicationContext context = start("--ikigai.services.mailboxes=nats",
						"--ikigai.nats.url=" + entrance.url("tls"), "--ikigai.nats.ssl.bundle=servers")) {
			Platform platform = context.getBean(Platform.class);
			platform.mailbox("secured").send("hello");
			assertThat(platform.mailbox("secured").receive().orElseThrow().payload(String.class)).isEqualTo("hello");
		}
	}

	@Test
	void refusesACertificateThatNoBundleTrusts(CapturedOutput output) throws Exception {
		try (TlsEntrance entrance = TlsEntrance.toNats(NatsServer.shared().url(), certificate)) {
			assertThatException()
				.isThrownBy(() -> start("--ikigai.services.mailboxes=nats", "--ikigai.nats.url=" + entrance.url("tls"))
					.close());
			assertThat(output).contains("APPLICATION FAILED TO START").contains("NATS at");
		}
	}

	@Test
	void tellsThatThereIsNoSuchBundle(CapturedOutput output) {
		assertThatException().isThrownBy(() -> start("--ikigai.services.mailboxes=nats",
				"--ikigai.nats.url=tls://127.0.0.1:1", "--ikigai.nats.ssl.bundle=others")
			.close());
		assertThat(output).contains("There is no SSL bundle 'others', which ikigai.nats.ssl.bundle names");
	}

	@Test
	void securesInfluxdb() throws Exception {
		InfluxdbServer server = InfluxdbServer.shared();
		try (TlsEntrance entrance = TlsEntrance.to(server.url(), certificate);
				ConfigurableApplicationContext context = start("--ikigai.services.telemetry=influxdb",
						"--ikigai.influxdb.url=" + entrance.url("https"), "--ikigai.influxdb.ssl.bundle=servers",
						"--ikigai.influxdb.username=" + server.username(),
						"--ikigai.influxdb.password=" + server.password(), "--ikigai.influxdb.database=secured")) {
			Platform platform = context.getBean(Platform.class);
			platform.telemetry().emit("secured", "event");
			platform.telemetry().flush();
			assertThat(platform.telemetry().query(TelemetryQuery.all().withType("secured"))).isNotEmpty();
		}
	}

	@Test
	void securesRedisWithTheBundleOfBoot() throws Exception {
		try (TlsEntrance entrance = TlsEntrance.to(RedisServer.shared().url(), certificate);
				ConfigurableApplicationContext context = start("--ikigai.services.cache=redis",
						"--ikigai.redis.url=" + entrance.url("rediss"), "--spring.data.redis.ssl.bundle=servers")) {
			Platform platform = context.getBean(Platform.class);
			platform.cache("secured").set("key", "value", Duration.ofMinutes(1));
			assertThat(platform.cache("secured").get("key", String.class)).contains("value");
		}
	}

	@Test
	void securesRabbitmqWithTheBundleOfBoot() throws Exception {
		try (TlsEntrance entrance = TlsEntrance.to(RabbitmqServer.shared().url(), certificate);
				ConfigurableApplicationContext context = start("--ikigai.services.queues=rabbitmq",
						"--ikigai.rabbitmq.url=" + entrance.url("amqps"), "--spring.rabbitmq.ssl.bundle=servers")) {
			TaskQueue queue = context.getBean(Platform.class).queue("secured");
			queue.enqueue("hello");
			queue.claim(Duration.ofSeconds(20)).orElseThrow().complete();
		}
	}

	private static ConfigurableApplicationContext start(String... arguments) {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.addAll(TlsEntrance.bundle("servers", certificate));
		return TestApplication
			.run(TestApplication.on(PostgresServer.shared().freshDatabase(), all.toArray(String[]::new)));
	}

}
