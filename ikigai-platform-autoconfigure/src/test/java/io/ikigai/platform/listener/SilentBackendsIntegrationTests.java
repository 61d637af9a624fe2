package io.ikigai.platform.listener;

import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.pubsub.TopicListener;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.TcpProxy;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.NatsServer;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RabbitmqServer;
import io.ikigai.platform.testservers.RedisServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of the work of a process whose connections to other backends the network
 * has lost without a word, while new ones work.
 */
class SilentBackendsIntegrationTests {

	@Test
	void redisIsConnectedAgain() throws Exception {
		String url = RedisServer.shared().url();
		try (TcpProxy network = TcpProxy.to(url);
				ListenerApplication application = ListenerApplication.start(PostgresServer.shared().freshDatabase(),
						Handlers.class, "ikigai.services.queues=redis", "ikigai.services.mailboxes=redis",
						"ikigai.services.pubsub=redis", "ikigai.redis.url=" + network.through(url))) {
			Handlers handlers = application.bean(Handlers.class);
			workGoesOn(application, handlers, network);
			messagesGoOn(application, handlers);
		}
	}

	@Test
	void natsIsConnectedAgain() throws Exception {
		String url = NatsServer.shared().url();
		try (TcpProxy network = TcpProxy.to(url);
				ListenerApplication application = ListenerApplication.start(PostgresServer.shared().freshDatabase(),
						Handlers.class, "ikigai.services.mailboxes=nats", "ikigai.services.pubsub=nats",
						"ikigai.nats.url=" + network.through(url))) {
			network.silence();
			messagesGoOn(application, application.bean(Handlers.class));
		}
	}

	@Test
	void rabbitmqIsConnectedAgain() throws Exception {
		String url = RabbitmqServer.shared().url();
		try (TcpProxy network = TcpProxy.to(url);
				ListenerApplication application = ListenerApplication.start(PostgresServer.shared().freshDatabase(),
						Handlers.class, "ikigai.services.queues=rabbitmq", "ikigai.rabbitmq.tracking=true",
						"ikigai.rabbitmq.url=" + network.through(url))) {
			workGoesOn(application, application.bean(Handlers.class), network);
		}
	}

	private static void workGoesOn(ListenerApplication application, Handlers handlers, TcpProxy network) {
		UUID first = application.enqueue("silent-backend", "first");
		assertThat(Waits.next("the first call", handlers.calls)).isEqualTo("first");
		network.silence();
		handlers.go.countDown();
		UUID second = Waits.await("a task can be enqueued")
			.ignoreExceptions()
			.until(() -> application.enqueue("silent-backend", "second"), (id) -> true);
		for (UUID id : new UUID[] { first, second }) {
			Waits.await("the task is settled")
				.ignoreExceptions()
				.until(() -> application.task("silent-backend", id), (found) -> found.state() == TaskState.COMPLETED);
		}
	}

	private static void messagesGoOn(ListenerApplication application, Handlers handlers) {
		Mailbox mailbox = application.platform().mailbox("silent-backend");
		Waits.await("a message can be sent").ignoreExceptions().until(() -> {
			mailbox.send("message");
			return true;
		});
		assertThat(Waits.next("the message", handlers.messages)).isEqualTo("message");
		Waits.await("what is published is heard").ignoreExceptions().until(() -> {
			application.platform().pubsub().publish("silent-backend", "published");
			return !handlers.published.isEmpty();
		});
	}

	static class Handlers {

		private final CountDownLatch go = new CountDownLatch(1);

		private final LinkedBlockingQueue<String> calls = new LinkedBlockingQueue<>();

		private final LinkedBlockingQueue<String> messages = new LinkedBlockingQueue<>();

		private final LinkedBlockingQueue<String> published = new LinkedBlockingQueue<>();

		@IkigaiTaskListener("silent-backend")
		void handle(String payload) throws InterruptedException {
			this.calls.add(payload);
			this.go.await();
		}

		@MailboxListener("silent-backend")
		void receive(String payload) {
			this.messages.add(payload);
		}

		@TopicListener(topics = "silent-backend")
		void heard(String payload) {
			this.published.add(payload);
		}

	}

}
