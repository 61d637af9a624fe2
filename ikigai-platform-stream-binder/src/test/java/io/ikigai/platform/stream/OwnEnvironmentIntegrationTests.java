package io.ikigai.platform.stream;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

import io.ikigai.platform.listener.ListenerRegistry;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.cloud.stream.binder.BinderFactory;
import org.springframework.cloud.stream.function.StreamBridge;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.MessageChannel;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A binder with an environment of its own, which Spring Cloud Stream gives a context
 * without parent: it works on the application's platform all the same.
 */
class OwnEnvironmentIntegrationTests {

	private static StreamApplication application;

	@BeforeAll
	static void start() {
		application = StreamApplication.start(Functions.class, "spring.cloud.stream.binders.own.type=ikigai",
				"spring.cloud.stream.binders.own.environment.some.property=value",
				"spring.cloud.stream.binders.plain.type=ikigai", "spring.cloud.stream.default-binder=plain",
				"spring.cloud.stream.bindings.eat-in-0.binder=own", "spring.cloud.stream.bindings.eat-in-0.group=group",
				"spring.cloud.stream.bindings.eat-in-0.destination=food",
				"spring.cloud.stream.bindings.eat-in-0.consumer.max-attempts=1",
				"spring.cloud.stream.ikigai.default.consumer.dlq-name=leftovers",
				"spring.cloud.stream.ikigai.bindings.eat-in-0.consumer.enable-dlq=true",
				"spring.cloud.stream.bindings.food-out.binder=own",
				"spring.cloud.stream.bindings.food-out.destination=food");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void worksOnThePlatformOfTheApplication() throws Exception {
		StreamBridge bridge = application.bean(StreamBridge.class);
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> application.platform().transaction(() -> {
				bridge.send("food-out", "undone");
				throw new UnsupportedOperationException("rolls back");
			}));
		bridge.send("food-out", "bread");
		assertThat(Waits.next("the food", application.bean(Functions.class).eaten)).isEqualTo("bread");
		assertThat(application.bean(ListenerRegistry.class).find("eat-in-0:food.group")).isPresent();
		assertThat(application.platform().agents().self().instances()).hasSize(1);
	}

	@Test
	void readsThePropertiesOfBindings() {
		application.bean(StreamBridge.class).send("food-out", "stone");
		assertThat(application.platform().queue("leftovers").claim(Waits.LIMIT).orElseThrow().json())
			.isEqualTo("\"stone\"");
		await().until(() -> application.platform().queue("food.group").list(TaskState.FAILED, 10).size() == 1);
	}

	@Test
	void isAnotherBinderThanThatWithout() {
		BinderFactory binders = application.bean(BinderFactory.class);
		assertThat(binders.getBinder("own", MessageChannel.class)).isInstanceOf(IkigaiMessageChannelBinder.class)
			.isNotSameAs(binders.getBinder("plain", MessageChannel.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class Functions {

		final BlockingQueue<String> eaten = new LinkedBlockingQueue<>();

		@Bean
		Consumer<String> eat() {
			return (food) -> {
				if (food.equals("stone")) {
					throw new IllegalStateException("too hard");
				}
				this.eaten.add(food);
			};
		}

	}

}
