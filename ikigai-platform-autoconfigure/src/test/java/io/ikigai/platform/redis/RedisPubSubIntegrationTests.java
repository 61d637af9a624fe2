package io.ikigai.platform.redis;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

import io.ikigai.platform.Platform;
import io.ikigai.platform.pubsub.PubSubContractTests;
import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.pubsub.SubscriptionContractTests;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RedisServer;
import io.ikigai.platform.testservers.Shutdown;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The compatibility kit of publish and subscribe on Redis, and what happens while Redis
 * is away.
 */
@ParameterizedClass
@EnumSource(RedisKind.class)
class RedisPubSubIntegrationTests {

	private static PostgresDatabase database;

	@Parameter
	RedisKind kind;

	private static RedisApplication application;

	private static RedisApplication other;

	@BeforeParameterizedClassInvocation
	static void start(RedisKind kind) {
		database = PostgresServer.shared().freshDatabase();
		application = RedisApplication.start(database, kind.url());
		other = RedisApplication.start(database, kind.url(), "ikigai.pubsub.buffer-size=3");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		other.close();
		application.close();
	}

	@Test
	void sendsWhatWasCommittedWhileRedisWasAway() {
		PostgresDatabase own = PostgresServer.shared().freshDatabase();
		List<Integer> arrived = new CopyOnWriteArrayList<>();
		try (RedisServer redis = RedisServer.dedicated();
				RedisApplication sender = RedisApplication.start(own, redis)) {
			RedisBackend backend = sender.bean(RedisBackend.class);
			try (Subscription subscription = sender.platform().pubsub().subscribe("t", Integer.class, arrived::add)) {
				sender.platform().transaction(() -> sender.platform().pubsub().publish("t", 0));
				await().untilAsserted(() -> assertThat(arrived).containsExactly(0));
				assertThat(backend.condition().up()).isTrue();
				redis.stop(Shutdown.IMMEDIATE);
				for (int i = 1; i <= 20; i++) {
					int number = i;
					sender.platform().transaction(() -> sender.platform().pubsub().publish("t", number));
				}
				assertThat(backend.condition().answers()).isFalse();
				redis.start();
				await().until(() -> backend.condition().up());
				sender.platform().transaction(() -> sender.platform().pubsub().publish("t", 21));
				// What is sent before the subscription is made anew is lost to it, and
				// it is told so; nothing comes twice or out of order.
				await().untilAsserted(() -> assertThat(arrived).contains(21).isSorted().doesNotHaveDuplicates());
			}
		}
	}

	@Test
	void subscribesWhileConnectionsAreCut() throws Exception {
		AtomicBoolean cut = new AtomicBoolean(true);
		try (RedisServer redis = RedisServer.dedicated();
				RedisApplication cutOff = RedisApplication.start(PostgresServer.shared().freshDatabase(), redis);
				RedisClient client = RedisClient.create(redis.url())) {
			Thread scissors = new Thread(() -> {
				RedisCommands<String, String> commands = client.connect().sync();
				while (cut.get()) {
					commands.clientKill(KillArgs.Builder.typePubsub());
					Thread.onSpinWait();
				}
			});
			scissors.start();
			List<Integer> arrived = new CopyOnWriteArrayList<>();
			for (int i = 0; i < 20; i++) {
				cutOff.platform().pubsub().subscribe("cut-" + i, Integer.class, arrived::add).close();
			}
			Subscription last = cutOff.platform().pubsub().subscribe("cut", Integer.class, arrived::add);
			cut.set(false);
			scissors.join();
			await().until(() -> {
				cutOff.platform().pubsub().publish("cut", 1);
				return !arrived.isEmpty();
			});
			last.close();
		}
	}

	@Nested
	class Messages extends PubSubContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected Platform other() {
			return other.platform();
		}

	}

	@Nested
	class Subscriptions extends SubscriptionContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected Platform other() {
			return other.platform();
		}

	}

	/** The same where every message is one too many for the buffer. */
	@Nested
	class SmallBuffers extends PubSubContractTests {

		@Override
		protected Platform platform() {
			return other.platform();
		}

		@Override
		protected Platform other() {
			return application.platform();
		}

	}

}
