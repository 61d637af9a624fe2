package io.ikigai.platform.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.RedisServer;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Subscriptions that come and go.
 */
class RedisChannelsIntegrationTests {

	private static final int THREADS = 3;

	private static final int TIMES = 100;

	@Test
	void takesSubscriptionsWhileTheLastOneEnds() throws Exception {
		LettuceConnectionFactory connections = RedisKind.connections(RedisServer.shared());
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try (RedisChannels channels = new RedisChannels(connections, new StringRedisTemplate(connections))) {
			List<Future<?>> all = new ArrayList<>();
			for (int thread = 0; thread < THREADS; thread++) {
				Set<String> names = Set.of("channel-" + thread);
				all.add(threads.submit(() -> {
					for (int i = 0; i < TIMES; i++) {
						channels.listen(names, new Deaf()).close();
					}
					return null;
				}));
			}
			for (Future<?> each : all) {
				Waits.value("subscriptions", each);
			}
		}
		finally {
			threads.shutdownNow();
			connections.destroy();
		}
	}

	private static final class Deaf implements RedisChannels.Listener {

		@Override
		public void heard(String channel, byte[] message) {
		}

		@Override
		public void missed() {
		}

	}

}
