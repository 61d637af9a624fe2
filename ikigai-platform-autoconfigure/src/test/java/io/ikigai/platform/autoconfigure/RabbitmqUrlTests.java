package io.ikigai.platform.autoconfigure;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RabbitmqUrlTests {

	@Test
	void readsAServer() {
		assertThat(RabbitmqUrl.parse("amqp://127.0.0.1"))
			.isEqualTo(new RabbitmqUrl(false, null, null, List.of("127.0.0.1:5672"), "/"));
	}

	@Test
	void readsAllThatAnAddressMayHold() {
		RabbitmqUrl url = RabbitmqUrl.parse("amqps://agent:s%40c+ret@one.example.org:7001,two.example.org/jobs%2Fa");
		assertThat(url).isEqualTo(new RabbitmqUrl(true, "agent", "s@c+ret",
				List.of("one.example.org:7001", "two.example.org:5671"), "jobs/a"));
	}

	@Test
	void keepsThePasswordToItself() {
		assertThat(RabbitmqUrl.parse("amqp://u:secret@one").toString()).doesNotContain("secret");
		assertThat(
				new RabbitmqProperties("amqp://u:secret@one", RabbitmqProperties.QueueType.CLASSIC, false).toString())
			.doesNotContain("secret");
	}

	@ParameterizedTest
	@CsvSource({ "http://:secret@one, amqp://", "secret, amqp://", "amqp://:secret@, address",
			"'amqp://:secret@o ne', address" })
	void refusesOthersWithoutShowingThem(String url, String reason) {
		assertThatExceptionOfType(PlatformConfigurationException.class).isThrownBy(() -> RabbitmqUrl.parse(url))
			.satisfies((ex) -> assertThat(ex.getMessage() + ex.action()).contains("ikigai.rabbitmq.url")
				.contains(reason)
				.doesNotContain("secret@"));
	}

}
