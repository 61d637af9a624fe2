package io.ikigai.platform.stream;

import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.cloud.stream.function.StreamBridge;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications that come and go on one database.
 */
class SeveralApplicationsIntegrationTests {

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	private StreamApplication sender;

	@BeforeEach
	void start() {
		this.sender = StreamApplication.start(this.database, StreamApplication.NoBeans.class);
	}

	@AfterEach
	void stop() {
		this.sender.close();
	}

	private StreamApplication consumer(String group) {
		return StreamApplication.start(this.database, Consuming.class, "ikigai.agent.name=consumer",
				"spring.cloud.stream.bindings.eat-in-0.destination=food",
				"spring.cloud.stream.bindings.eat-in-0.group=" + group);
	}

	private void send(String food) {
		this.sender.bean(StreamBridge.class).send("food", food);
	}

	@Test
	void reachesAGroupFromTheMomentItIsBoundAndWhileItIsAway() throws Exception {
		send("for nobody");
		try (StreamApplication consumer = consumer("one")) {
			send("at once");
			assertThat(Waits.next("the first food", consumer.bean(Consuming.class).eaten)).isEqualTo("at once");
		}
		List.of("a", "b", "c").forEach(this::send);
		try (StreamApplication consumer = consumer("one")) {
			BlockingQueue<String> eaten = consumer.bean(Consuming.class).eaten;
			for (String food : List.of("a", "b", "c")) {
				assertThat(Waits.next("food", eaten)).isEqualTo(food);
			}
		}
	}

	@Test
	void hasApplicationsOfOneGroupCompeteAndOthersGetTheirOwn() {
		try (StreamApplication one = consumer("one");
				StreamApplication too = consumer("one");
				StreamApplication two = consumer("two")) {
			Set<String> sent = ConcurrentHashMap.newKeySet();
			IntStream.range(0, 50).mapToObj(String::valueOf).forEach((food) -> {
				sent.add(food);
				send(food);
			});
			BlockingQueue<String> eaten = one.bean(Consuming.class).eaten;
			BlockingQueue<String> alsoEaten = too.bean(Consuming.class).eaten;
			await().until(() -> eaten.size() + alsoEaten.size() == 50 && two.bean(Consuming.class).eaten.size() == 50);
			assertThat(two.bean(Consuming.class).eaten).containsExactlyInAnyOrderElementsOf(sent);
			alsoEaten.drainTo(eaten);
			assertThat(eaten).containsExactlyInAnyOrderElementsOf(sent);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Consuming {

		final BlockingQueue<String> eaten = new LinkedBlockingQueue<>();

		@Bean
		Consumer<String> eat() {
			return this.eaten::add;
		}

	}

}
