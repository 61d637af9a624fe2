package io.ikigai.platform.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import io.ikigai.platform.Platform;
import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.TcpProxy;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RedisServer;
import io.ikigai.platform.testservers.Shutdown;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Task queues and the cache while Redis goes away and comes back.
 */
class RedisOutageIntegrationTests {

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	private final Set<UUID> accepted = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean over = new AtomicBoolean();

	private ConfigurableApplicationContext start(RedisServer redis, Class<?> application) {
		return start(redis.url(), application);
	}

	private ConfigurableApplicationContext start(String redis, Class<?> application) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.run("--ikigai.postgres.url=" + this.database.url(),
					"--ikigai.postgres.username=" + this.database.username(),
					"--ikigai.postgres.password=" + this.database.password(), "--ikigai.redis.url=" + redis,
					"--ikigai.services.queues=redis", "--ikigai.services.cache=redis",
					"--ikigai.queues.poll-interval=10m", "--spring.flyway.enabled=false",
					"--spring.main.banner-mode=off");
	}

	@Test
	void losesNoAcceptedTaskWhenRedisRestartsUnderLoad() {
		try (RedisServer redis = RedisServer.dedicated();
				ConfigurableApplicationContext producer = start(redis, Producer.class);
				ConfigurableApplicationContext worker = start(redis, Worker.class)) {
			Platform platform = producer.getBean(Platform.class);
			Set<UUID> worked = worker.getBean(Worker.class).worked;
			RedisBackend backend = producer.getBean(RedisBackend.class);
			CompletableFuture<Void> producing = CompletableFuture.runAsync(() -> produce(platform));
			await().until(() -> worked.size() > 200);
			redis.stop(Shutdown.FAST);
			assertThat(backend.condition().answers()).isFalse();
			redis.start();
			await().until(() -> backend.condition().up());
			int before = worked.size();
			await().until(() -> worked.size() > before + 200);
			this.over.set(true);
			producing.join();
			await().until(() -> worked.containsAll(this.accepted));
			await().untilAsserted(() -> {
				assertThat(platform.queue("load").stats().ready()).isZero();
				assertThat(platform.queue("load").stats().claimed()).isZero();
				assertThat(platform.queue("load").stats().failed()).isZero();
			});
			assertThat(List.copyOf(this.accepted)).allSatisfy((id) -> assertThat(platform.queue("load").find(id))
				.hasValueSatisfying((task) -> assertThat(task.state()).isEqualTo(TaskState.COMPLETED)));
		}
	}

	@Test
	void tellsThatRedisRefusesWrites() {
		try (RedisServer redis = RedisServer.dedicated();
				ConfigurableApplicationContext application = start(redis, Producer.class)) {
			RedisBackend backend = application.getBean(RedisBackend.class);
			await().until(() -> backend.condition().up());
			RedisClient client = RedisClient.create(redis.url());
			try (StatefulRedisConnection<String, String> connection = client.connect()) {
				connection.sync().configSet("min-replicas-to-write", "1");
				assertThat(backend.condition().answers()).isFalse();
				assertThat(backend.condition().details()).extractingByKey("error").asString().contains("NOREPLICAS");
				connection.sync().configSet("min-replicas-to-write", "0");
				assertThat(backend.condition().up()).isTrue();
			}
			finally {
				client.shutdown();
			}
		}
	}

	// Every other task within a transaction, which leaves it for later while Redis is
	// away.
	private void produce(Platform platform) {
		for (int number = 1; !this.over.get(); number++) {
			int payload = number;
			try {
				this.accepted
					.add((number % 2 == 0) ? platform.transaction(() -> platform.queue("load").enqueue(payload))
							: platform.queue("load").enqueue(payload));
			}
			catch (RuntimeException ex) {
				// Refused: whether it arrives is not promised
			}
		}
	}

	@Test
	void wakesWhoWaitedForATaskWhileRedisWasAway() {
		try (RedisServer redis = RedisServer.dedicated();
				ConfigurableApplicationContext producer = start(redis, Producer.class);
				ConfigurableApplicationContext worker = start(redis, Worker.class)) {
			RedisBackend backend = worker.getBean(RedisBackend.class);
			await().until(() -> backend.condition().wakes());
			redis.stop(Shutdown.IMMEDIATE);
			redis.start();
			await().until(() -> backend.condition().up());
			Platform platform = producer.getBean(Platform.class);
			UUID id = platform.transaction(() -> platform.queue("load").enqueue("x"));
			await().until(() -> worker.getBean(Worker.class).worked.contains(id));
		}
	}

	@Test
	void cachesAgainAfterRedisWasAway() {
		try (RedisServer redis = RedisServer.dedicated();
				ConfigurableApplicationContext application = start(redis, Producer.class)) {
			Cache cache = application.getBean(Platform.class).cache();
			cache.set("kept", 1);
			redis.stop(Shutdown.FAST);
			application.getBean(Platform.class).transaction(() -> cache.set("later", 2));
			redis.start();
			await().ignoreExceptions().until(() -> cache.get("later", Integer.class).equals(Optional.of(2)));
			// It may queue behind what is left of the backlog
			cache.set("kept", 3);
			await().until(() -> cache.get("kept", Integer.class).equals(Optional.of(3)));
			assertThat(cache.get("loaded", Integer.class, Duration.ofMinutes(1), () -> 4)).isEqualTo(4);
		}
	}

	@Test
	void storesABulkOnceThatIsEnqueuedAgainAfterATimeout() throws IOException {
		try (RedisServer redis = RedisServer.dedicated();
				TcpProxy network = TcpProxy.to(redis.url());
				ConfigurableApplicationContext application = start(network.through(redis.url()), Producer.class)) {
			TaskQueue queue = application.getBean(Platform.class).queue("bulk");
			queue.enqueue("first");
			List<Integer> payloads = IntStream.range(0, 1500).boxed().toList();
			// Redis stores what it gets, and its answers are lost
			network.silence(TcpProxy.Direction.TO_CLIENT);
			assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> queue.enqueueAll(payloads));
			Waits.await("the bulk that timed out is there in part")
				.ignoreExceptions()
				.until(() -> queue.stats().ready() == 1001);
			List<UUID> ids = queue.enqueueAll(List.copyOf(payloads));
			assertThat(queue.stats().ready()).isEqualTo(1501);
			assertThat(ids).hasSize(1500).allSatisfy((id) -> assertThat(queue.find(id)).isPresent());
			queue.enqueueAll(payloads);
			assertThat(queue.stats().ready()).isEqualTo(3001);
			List<Task> claimed = new ArrayList<>();
			while (claimed.size() < 3001) {
				claimed.addAll(queue.claim(1000));
			}
			claimed.forEach((task) -> task.fail("no"));
			assertThat(queue.redriveFailed()).isEqualTo(3001);
			assertThat(queue.list(TaskState.READY, 10_000)).extracting(TaskInfo::id)
				.doesNotHaveDuplicates()
				.hasSize(3001);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Producer {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Worker {

		private final Set<UUID> worked = ConcurrentHashMap.newKeySet();

		@IkigaiTaskListener(queue = "load", concurrency = "2", lease = "3s")
		void work(Task task) {
			this.worked.add(task.id());
		}

	}

}
