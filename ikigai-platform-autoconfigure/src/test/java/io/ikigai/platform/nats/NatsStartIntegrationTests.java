package io.ikigai.platform.nats;

import io.ikigai.platform.testservers.NatsServer;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Starts that cannot succeed say why, and never the password.
 */
@ExtendWith(OutputCaptureExtension.class)
class NatsStartIntegrationTests {

	private static void failToStart(String url, String... properties) {
		assertThatException()
			.isThrownBy(() -> NatsApplication.start(PostgresServer.shared().freshDatabase(), url, properties).close());
	}

	@Test
	void namesTheAddressThatDoesNotAnswer(CapturedOutput output) {
		failToStart("nats://u:hush-hush@127.0.0.1:1,nats://u:hush-hush@127.0.0.2:1");
		assertThat(output).contains("ikigai.nats.url")
			.contains("nats://127.0.0.1:1,nats://127.0.0.2:1")
			.doesNotContain("hush-hush");
	}

	@Test
	void saysThatTheCredentialsAreRefused(CapturedOutput output) {
		failToStart(NatsServer.shared().url().replaceAll(":[^:@]+@", ":hush-hush@"));
		assertThat(output).contains("refuses the credentials").doesNotContain("hush-hush");
	}

	@Test
	void refusesMoreReplicasThanThereAreServers(CapturedOutput output) {
		failToStart(NatsServer.shared().url(), "ikigai.nats.replicas=3", "ikigai.nats.prefix=replicas");
		assertThat(output).contains("3 replicas").contains("ikigai.nats.replicas");
	}

	@Test
	void refusesOddValues(CapturedOutput output) {
		failToStart("http://u:hush-hush@there");
		failToStart(NatsServer.shared().url(), "ikigai.nats.prefix=a.b");
		assertThat(output).contains("nats://127.0.0.1:4222").contains("'a.b'").doesNotContain("hush-hush");
	}

}
