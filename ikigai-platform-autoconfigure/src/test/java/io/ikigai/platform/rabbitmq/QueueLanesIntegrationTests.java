package io.ikigai.platform.rabbitmq;

import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

import com.rabbitmq.client.Channel;
import io.ikigai.platform.queue.TaskTracker;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.RabbitmqServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that takes from one queue after the other keeps a bounded number of channels,
 * and closes none that is still needed.
 */
class QueueLanesIntegrationTests {

	private static final int MOST_IDLE = 8;

	private final String name = "lanes-" + UUID.randomUUID() + "-";

	private final CachingConnectionFactory factory = new CachingConnectionFactory(
			URI.create(RabbitmqServer.shared().url()));

	private final BrokerConnections connections = new BrokerConnections(this.factory);

	private final TaskTracker tracker = (TaskTracker) Proxy.newProxyInstance(getClass().getClassLoader(),
			new Class<?>[] { TaskTracker.class }, (proxy, method, arguments) -> Set.of());

	private final QueueTopology topology = new QueueTopology(false);

	private final TaskPublisher publisher = new TaskPublisher(this.connections, this.topology, Duration.ofDays(1));

	private final HeldTasks held = new HeldTasks(this.publisher, this.tracker, 3);

	private final QueueLanes lanes = new QueueLanes(this.connections, this.topology, new QueuePauses(this.tracker),
			this.held, MOST_IDLE);

	@AfterEach
	void close() throws Exception {
		this.lanes.close();
		this.held.close();
		this.publisher.close();
		try (Channel channel = this.factory.createConnection().getDelegate().createChannel()) {
			for (int user = 0; user < 5 * MOST_IDLE; user++) {
				QueueNames names = QueueNames.of(this.name + user);
				channel.queueDelete(names.ready());
				channel.queueDelete(names.failed());
			}
		}
		this.factory.destroy();
	}

	@Test
	void closesLanesThatNothingUsesWhenThereAreMany() {
		for (int user = 0; user < 5 * MOST_IDLE; user++) {
			assertThat(fetch(user)).isEmpty();
			assertThat(this.lanes.size()).isLessThanOrEqualTo(MOST_IDLE + 2);
		}
	}

	@Test
	void keepsTheLaneOfAConsumerThatWaits() throws Exception {
		CountDownLatch woken = new CountDownLatch(1);
		AutoCloseable waiting = this.lanes.with(this.name + 0, (lane) -> lane.add(woken::countDown));
		fetch(0);
		for (int user = 1; user < 3 * MOST_IDLE; user++) {
			fetch(user);
		}
		this.connections.with((channel) -> {
			channel.basicPublish("", QueueNames.of(this.name + 0).ready(), null, "{}".getBytes());
			return true;
		});
		Waits.open("the consumer is woken", woken);
		waiting.close();
	}

	private List<Arrived> fetch(int user) {
		return this.lanes.with(this.name + user, (lane) -> lane.fetch(1));
	}

}
