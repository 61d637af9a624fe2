package io.ikigai.platform.nats;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.testservers.NatsCluster;
import io.ikigai.platform.testservers.NatsServer;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.Shutdown;
import io.nats.client.api.Replica;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What happens while NATS, or one server of a cluster, is away.
 */
class NatsOutageIntegrationTests {

	private final AtomicInteger sent = new AtomicInteger();

	/** Waits until more was sent, and accepted. */
	private void awaitLoad() {
		int before = this.sent.get();
		await("accepted messages").until(() -> this.sent.get() >= before + 20);
	}

	/** Waits until each server of the cluster has all that the others have. */
	private static void awaitCopies(String url) throws Exception {
		try (Connection connection = Nats.connect(url)) {
			JetStreamManagement management = connection.jetStreamManagement();
			await("copies on all servers").ignoreExceptions().until(() -> {
				for (String stream : management.getStreamNames()) {
					List<Replica> copies = management.getStreamInfo(stream).getClusterInfo().getReplicas();
					if (copies.size() < 2
							|| !copies.stream().allMatch((copy) -> copy.isCurrent() && !copy.isOffline())) {
						return false;
					}
				}
				return true;
			});
		}
	}

	/** Sends numbers until it is told to stop. */
	private CompletableFuture<List<Integer>> send(Mailbox mailbox, AtomicBoolean stop) {
		return CompletableFuture.supplyAsync(() -> {
			List<Integer> accepted = new ArrayList<>();
			for (int i = 0; !stop.get(); i++) {
				if (succeeds(i, mailbox::send)) {
					accepted.add(i);
					this.sent.incrementAndGet();
				}
			}
			return accepted;
		});
	}

	private static boolean succeeds(int number, Function<Integer, ?> send) {
		try {
			send.apply(number);
			return true;
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	/** Receives and acknowledges until it is told to stop. */
	private static CompletableFuture<List<Integer>> receive(Mailbox mailbox, AtomicBoolean stop) {
		List<Integer> received = new CopyOnWriteArrayList<>();
		return CompletableFuture.supplyAsync(() -> {
			while (!stop.get()) {
				try {
					for (MailboxMessage message : mailbox.receive(10)) {
						received.add(message.payload(Integer.class));
						message.acknowledge();
					}
				}
				catch (RuntimeException ex) {
					// It is away: what was received comes again
				}
			}
			return received;
		});
	}

	private static void checkThatNothingIsLost(List<Integer> accepted, List<Integer> received) {
		assertThat(accepted).hasSizeGreaterThan(10);
		assertThat(received).containsAll(accepted);
		// Some may have come twice, but no later one before an earlier one's first time
		assertThat(received.stream().distinct().toList()).isSorted();
	}

	@ParameterizedTest
	@EnumSource(Shutdown.class)
	void losesNoMessageOverARestartUnderLoad(Shutdown shutdown) {
		AtomicBoolean stopSending = new AtomicBoolean();
		AtomicBoolean stopReceiving = new AtomicBoolean();
		try (NatsServer server = NatsServer.dedicated();
				NatsApplication application = NatsApplication.start(PostgresServer.shared().freshDatabase(),
						server.url(), "ikigai.mailboxes.lease=2s")) {
			Mailbox mailbox = application.platform().mailbox("load");
			CompletableFuture<List<Integer>> accepted = send(mailbox, stopSending);
			CompletableFuture<List<Integer>> received = receive(mailbox, stopReceiving);
			await().until(() -> application.backend().condition().up());
			awaitLoad();
			server.stop(shutdown);
			assertThat(application.backend().condition().answers()).isFalse();
			server.start();
			await().until(() -> application.backend().condition().up());
			awaitLoad();
			stopSending.set(true);
			accepted.join();
			await().ignoreExceptions().until(() -> mailbox.unread() == 0);
			stopReceiving.set(true);
			checkThatNothingIsLost(accepted.join(), received.join());
		}
		finally {
			stopSending.set(true);
			stopReceiving.set(true);
		}
	}

	@Test
	void losesNoMessageWhenOneServerOfAClusterIsKilled() throws Exception {
		AtomicBoolean stopSending = new AtomicBoolean();
		AtomicBoolean stopReceiving = new AtomicBoolean();
		try (NatsCluster cluster = new NatsCluster();
				NatsApplication application = NatsApplication.start(PostgresServer.shared().freshDatabase(),
						cluster.url(), "ikigai.nats.replicas=3", "ikigai.mailboxes.lease=2s")) {
			Mailbox mailbox = application.platform().mailbox("load");
			CompletableFuture<List<Integer>> accepted = send(mailbox, stopSending);
			CompletableFuture<List<Integer>> received = receive(mailbox, stopReceiving);
			for (int node = 1; node <= 3; node++) {
				awaitLoad();
				cluster.stop(node, Shutdown.IMMEDIATE);
				// Two of three go on
				awaitLoad();
				cluster.start(node);
				// Before the next one goes, this one must have caught up
				awaitCopies(cluster.url());
				await().until(() -> application.backend().condition().up());
			}
			stopSending.set(true);
			accepted.join();
			await().ignoreExceptions().until(() -> mailbox.unread() == 0);
			stopReceiving.set(true);
			checkThatNothingIsLost(accepted.join(), received.join());
		}
		finally {
			stopSending.set(true);
			stopReceiving.set(true);
		}
	}

	@Test
	void sendsAndPublishesWhatWasCommittedWhileItWasAway() {
		List<Integer> arrived = new CopyOnWriteArrayList<>();
		try (NatsServer server = NatsServer.dedicated();
				NatsApplication application = NatsApplication.start(PostgresServer.shared().freshDatabase(),
						server.url());
				Subscription subscription = application.platform()
					.pubsub()
					.subscribe("t", Integer.class, arrived::add)) {
			Mailbox mailbox = application.platform().mailbox("m");
			server.stop(Shutdown.IMMEDIATE);
			for (int i = 0; i < 5; i++) {
				int number = i;
				application.platform().transaction(() -> {
					mailbox.send(number);
					application.platform().pubsub().publish("t", number);
				});
			}
			server.start();
			await().until(() -> application.backend().condition().up());
			await().ignoreExceptions().until(() -> mailbox.unread() == 5);
			assertThat(mailbox.receive(10)).extracting((message) -> message.payload(Integer.class))
				.containsExactly(0, 1, 2, 3, 4);
			// What is relayed before the subscription is made anew is lost to it, and
			// told
			application.platform().pubsub().publish("t", 5);
			await().untilAsserted(() -> assertThat(arrived).contains(5).isSorted().doesNotHaveDuplicates());
		}
	}

}
