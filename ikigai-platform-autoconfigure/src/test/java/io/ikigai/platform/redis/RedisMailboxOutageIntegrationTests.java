package io.ikigai.platform.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.ikigai.platform.testservers.RedisServer;
import io.ikigai.platform.testservers.Shutdown;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Mailboxes while Redis is away, and when who holds one is gone.
 */
class RedisMailboxOutageIntegrationTests {

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	private final List<Integer> accepted = new CopyOnWriteArrayList<>();

	private final List<Integer> arrived = new CopyOnWriteArrayList<>();

	private final AtomicBoolean over = new AtomicBoolean();

	private RedisApplication start(RedisServer redis, String... properties) {
		String[] all = new String[properties.length + 2];
		System.arraycopy(properties, 0, all, 2, properties.length);
		all[0] = "ikigai.services.mailboxes=redis";
		all[1] = "ikigai.mailboxes.poll-interval=10m";
		return RedisApplication.start(this.database, redis, all);
	}

	@Test
	void losesNothingThatWasAcceptedWhenRedisRestartsUnderLoad() {
		try (RedisServer redis = RedisServer.dedicated();
				RedisApplication sender = start(redis);
				RedisApplication receiver = start(redis)) {
			RedisBackend backend = sender.bean(RedisBackend.class);
			CompletableFuture<Void> receiving = CompletableFuture
				.runAsync(() -> receive(receiver.platform().mailbox("load")));
			CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(sender.platform()));
			await().until(() -> this.arrived.size() > 200);
			redis.stop(Shutdown.FAST);
			assertThat(backend.condition().answers()).isFalse();
			redis.start();
			await().until(() -> backend.condition().up());
			int before = this.arrived.size();
			await().until(() -> this.arrived.size() > before + 200);
			this.over.set(true);
			sending.join();
			await().until(() -> this.arrived.containsAll(this.accepted));
			await().until(() -> receiver.platform().mailbox("load").unread() == 0);
			receiver.platform().mailbox("load").send(-1);
			receiving.join();
			assertThat(this.arrived.stream().distinct()).isSorted();
		}
	}

	@Test
	void handsOutFirstWhatAnAnswerThatDidNotArriveHeld() {
		try (RedisApplication application = start(RedisServer.shared())) {
			LettuceConnectionFactory connections = RedisKind.connections(RedisServer.shared());
			StringRedisTemplate redis = new StringRedisTemplate(connections);
			Mailbox mailbox = application.platform().mailbox("unanswered");
			List<UUID> ids = IntStream.range(0, 4).mapToObj(mailbox::send).toList();
			assertThat(receive(redis, "a", 1)).containsExactly(ids.get(0));
			assertThat(receive(redis, "b", 1)).containsExactly(ids.get(1));
			// Sent again by the driver
			assertThat(receive(redis, "b", 2)).containsExactly(ids.get(1), ids.get(2));
			// Tried again, while another thread has received
			assertThat(receive(redis, "c", 1)).containsExactly(ids.get(3));
			assertThat(receive(redis, "d", 5, "b")).containsExactly(ids.get(1), ids.get(2), ids.get(3));
			// One that never arrived before one that did
			assertThat(receive(redis, "e", 5, "never", "d", "a")).containsExactlyElementsOf(ids);
			connections.destroy();
		}
	}

	private static List<UUID> receive(StringRedisTemplate redis, String token, int max, String... unanswered) {
		List<Object> arguments = new ArrayList<>(List.of("instance", max, 60_000, 5, token, "agent", 60_000));
		arguments.addAll(List.of(unanswered));
		List<?> result = MailboxScripts.RECEIVE.run(redis, "unanswered", arguments.toArray());
		return result.stream().skip(1).map((row) -> UUID.fromString((String) ((List<?>) row).get(0))).toList();
	}

	// Every other message within a transaction, which leaves it for later while Redis is
	// away.
	private void send(Platform platform) {
		for (int number = 1; !this.over.get(); number++) {
			int sent = number;
			try {
				if (number % 2 == 0) {
					platform.transaction(() -> platform.mailbox("load").send(sent));
				}
				else {
					platform.mailbox("load").send(sent);
				}
				this.accepted.add(number);
			}
			catch (RuntimeException ex) {
				// Refused: whether it arrives is not promised
			}
		}
	}

	private void receive(Mailbox mailbox) {
		while (true) {
			try {
				Optional<MailboxMessage> message = mailbox.receive(Duration.ofSeconds(5));
				if (message.isPresent()) {
					int number = message.get().payload(Integer.class);
					if (number < 0) {
						return;
					}
					this.arrived.add(number);
					message.get().acknowledge();
				}
			}
			catch (RuntimeException ex) {
				// Comes again
			}
		}
	}

	@Test
	void wakesWhoWaitedWhileRedisWasAway() {
		try (RedisServer redis = RedisServer.dedicated();
				RedisApplication sender = start(redis);
				RedisApplication receiver = start(redis)) {
			CompletableFuture<Optional<MailboxMessage>> waiting = CompletableFuture
				.supplyAsync(() -> receiver.platform().mailbox("waiting").receive(Waits.LIMIT));
			await().until(() -> receiver.bean(RedisBackend.class).condition().wakes());
			redis.stop(Shutdown.FAST);
			redis.start();
			await().until(() -> sender.bean(RedisBackend.class).condition().up());
			sender.platform().transaction(() -> sender.platform().mailbox("waiting").send("x"));
			// Who waited may have been told that Redis is away, and its process may not
			// be
			// back yet
			assertThat(waiting
				.exceptionally((ex) -> await().ignoreExceptions()
					.until(() -> receiver.platform().mailbox("waiting").receive(Waits.LIMIT), Optional::isPresent))
				.join()).isPresent();
		}
	}

	@Test
	void takesOverInOrderFromAProcessThatEnds() {
		try (RedisServer redis = RedisServer.dedicated(); RedisApplication receiver = start(redis)) {
			Mailbox mailbox = receiver.platform().mailbox("gone");
			CompletableFuture<Optional<MailboxMessage>> waiting;
			try (RedisApplication gone = start(redis, "ikigai.mailboxes.lease=1h")) {
				mailbox.send(1);
				mailbox.send(2);
				assertThat(gone.platform().mailbox("gone").receive(2)).hasSize(2);
				waiting = CompletableFuture.supplyAsync(() -> mailbox.receive(Waits.LIMIT));
			}
			assertThat(waiting.join()).map(MailboxMessage::json).contains("1");
			assertThat(mailbox.receive()).map(MailboxMessage::json).contains("2");
		}
	}

	@Test
	void takesOverInOrderWhenTheLeaseOfADeadProcessEnds() {
		try (RedisServer redis = RedisServer.dedicated(); RedisApplication receiver = start(redis)) {
			Mailbox mailbox = receiver.platform().mailbox("dead");
			mailbox.send(1);
			mailbox.send(2);
			LettuceConnectionFactory connections = RedisKind.connections(redis);
			// Nobody extends or ends the lease of a store whose messages nobody keeps
			MailboxStore dead = new RedisBackend(connections,
					new RedisSettings(Set.of(), "dead", 5, 5, Duration.ofDays(1), Duration.ofDays(1)), null)
				.mailboxStore("dead", Duration.ofDays(1));
			assertThat(dead.receive("dead", 2, Duration.ofSeconds(2), 5)).hasSize(2);
			connections.destroy();
			assertThat(mailbox.receive()).isEmpty();
			MailboxMessage first = mailbox.receive(Waits.LIMIT).orElseThrow();
			assertThat(first.json()).isEqualTo("1");
			assertThat(first.attempt()).isEqualTo(2);
			assertThat(mailbox.receive()).map(MailboxMessage::json).contains("2");
		}
	}

}
