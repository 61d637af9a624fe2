package io.ikigai.platform.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.FailedAttempt;
import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxContractTests;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MailboxReplyContractTests;
import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.mailbox.MessageReceipt;
import io.ikigai.platform.mailbox.NewMessage;
import io.ikigai.platform.mailbox.ReleaseResult;
import io.ikigai.platform.mailbox.StaleMessageException;
import io.ikigai.platform.mailbox.UnreadableMessageContractTests;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The compatibility kit of mailboxes on Redis and on a Redis Cluster, and what is kept
 * there.
 */
@ParameterizedClass
@EnumSource(RedisKind.class)
class RedisMailboxIntegrationTests {

	private static final Duration LEASE = Duration.ofSeconds(30);

	private static RedisApplication application;

	private static RedisApplication other;

	private static LettuceConnectionFactory connections;

	private static StringRedisTemplate redis;

	@Parameter
	RedisKind kind;

	@BeforeParameterizedClassInvocation
	static void start(RedisKind kind) {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		String url = kind.url();
		application = start(database, url, "first");
		other = start(database, url, "second");
		connections = kind.connections();
		redis = new StringRedisTemplate(connections);
	}

	private static RedisApplication start(PostgresDatabase database, String url, String name) {
		return RedisApplication.start(database, url, "ikigai.services.mailboxes=redis",
				"spring.application.name=" + name, "ikigai.mailboxes.poll-interval=10m");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		connections.destroy();
		other.close();
		application.close();
	}

	private static String fresh() {
		return "test {x} " + UUID.randomUUID();
	}

	private static Map<Object, Object> stored(String mailbox, UUID id) {
		return redis.opsForHash().entries(MailboxScripts.prefix(mailbox) + "m:" + id);
	}

	@Nested
	class Mailboxes extends MailboxContractTests {

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
	class Replies extends MailboxReplyContractTests {

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
	class History {

		private final Mailbox mailbox = application.platform().mailbox(fresh());

		@Test
		void keepsWhatIsReadForItsRetention() {
			UUID id = this.mailbox.send("x");
			this.mailbox.receive().orElseThrow().acknowledge();
			assertThat(stored(this.mailbox.name(), id)).containsEntry("readBy", "first")
				.containsEntry("payload", "\"x\"")
				.containsKey("readAt")
				.doesNotContainKeys("error", "token");
			assertThat(redis.getExpire(MailboxScripts.prefix(this.mailbox.name()) + "m:" + id))
				.isBetween(Duration.ofDays(6).toSeconds(), Duration.ofDays(7).toSeconds());
			assertThat(redis.opsForZSet().range(MailboxScripts.prefix(this.mailbox.name()) + "read", 0, -1))
				.containsExactly(id.toString());
			assertThat(application.platform().mailboxes()).contains(this.mailbox.name());
		}

		@Test
		void keepsWhyAMessageWasGivenUp() {
			UUID failed = this.mailbox.send("x");
			this.mailbox.receive().orElseThrow().fail("too odd");
			assertThat(stored(this.mailbox.name(), failed)).containsEntry("error", "too odd");
			UUID released = this.mailbox.send("y");
			for (int i = 0; i < 5; i++) {
				this.mailbox.receive().orElseThrow().release();
			}
			assertThat((String) stored(this.mailbox.name(), released).get("error")).contains("5 attempts");
			assertThat(redis.opsForZSet().range(MailboxScripts.prefix(this.mailbox.name()) + "failed", 0, -1))
				.containsExactly(failed.toString(), released.toString());
		}

		@Test
		void leavesRepliesToExpire() {
			String replies = "ikigai-reply-" + UUID.randomUUID();
			UUID id = application.platform().mailbox(replies).send("x");
			String prefix = MailboxScripts.prefix(replies);
			for (String key : List.of("unread", "m:" + id)) {
				assertThat(redis.getExpire(prefix + key)).isPositive();
			}
			assertThat(application.platform().mailboxes()).doesNotContain(replies);
		}

	}

	@Nested
	class Store {

		private final MailboxStore store = application.bean(MailboxStore.class);

		private final MailboxStore others = other.bean(MailboxStore.class);

		private final String mailbox = fresh();

		private UUID add(String json) {
			UUID id = UUID.randomUUID();
			this.store.add(this.mailbox, new NewMessage(id, "first", json, MessageOptions.of()));
			return id;
		}

		private List<MessageReceipt> receive(int max) {
			return this.store.receive(this.mailbox, max, LEASE, 3);
		}

		private void endLease() {
			redis.opsForHash().put(MailboxScripts.prefix(this.mailbox) + "holder", "until", "0");
		}

		@Test
		void takesAMessageOnce() {
			NewMessage message = new NewMessage(UUID.randomUUID(), "first", "1", MessageOptions.of());
			this.store.add(this.mailbox, message);
			this.others.add(this.mailbox, message);
			assertThat(this.store.unread(this.mailbox)).isEqualTo(1);
			assertThat(this.store.finish(receive(1).get(0), null)).isTrue();
			this.store.add(this.mailbox, message);
			assertThat(this.store.unread(this.mailbox)).isZero();
		}

		@Test
		void countsAFailedAttemptForItsMessageOnly() {
			add("1");
			add("2");
			add("3");
			MessageReceipt first = receive(3).get(0);
			assertThat(this.store.release(first, new FailedAttempt("no", 3, Duration.ZERO, false)))
				.isEqualTo(ReleaseResult.AGAIN);
			List<MessageReceipt> again = receive(3);
			assertThat(again).extracting(MessageReceipt::attempt).containsExactly(2, 1, 1);
			assertThat(again).extracting(MessageReceipt::failures).containsExactly(1, 0, 0);
			assertThat(stored(this.mailbox, first.id())).containsEntry("error", "no");
			assertThat(this.store.release(again.get(1), new FailedAttempt(null, 1, Duration.ZERO, true)))
				.isEqualTo(ReleaseResult.GIVEN_UP);
			assertThat(this.store.release(again.get(2), null)).isEqualTo(ReleaseResult.STALE);
			assertThat(this.store.finish(again.get(0), null)).isTrue();
			assertThat(receive(3)).extracting(MessageReceipt::attempt).containsExactly(2);
		}

		@Test
		void givesBackAsIfNotHandedOut() {
			add("1");
			add("2");
			assertThat(this.store.release(receive(2).get(0), null)).isEqualTo(ReleaseResult.AGAIN);
			assertThat(receive(2)).extracting(MessageReceipt::attempt).containsExactly(1, 1);
		}

		@Test
		void holdsLaterMessagesUpUntilAFailedOneIsDue() {
			add("1");
			add("2");
			CompletableFuture<Optional<MailboxMessage>> waiting;
			MessageReceipt first = receive(2).get(0);
			this.store.release(first, new FailedAttempt("no", 3, Duration.ofMillis(1500), false));
			this.store.handOver(this.mailbox);
			assertThat(receive(2)).isEmpty();
			assertThat(this.others.receive(this.mailbox, 2, LEASE, 3)).isEmpty();
			waiting = CompletableFuture.supplyAsync(() -> other.platform().mailbox(this.mailbox).receive(Waits.LIMIT));
			assertThat(waiting.join()).map(MailboxMessage::id).contains(first.id());
		}

		@Test
		void givesBackAllWhenTheLeaseEnds() {
			UUID kills = add("1");
			add("2");
			for (int i = 1; i <= 3; i++) {
				assertThat(receive(2)).extracting(MessageReceipt::attempt).containsExactly(i, i);
				endLease();
			}
			List<MessageReceipt> left = this.others.receive(this.mailbox, 2, LEASE, 3);
			assertThat(left).extracting(MessageReceipt::json).containsExactly("2");
			assertThat(left).extracting(MessageReceipt::attempt).containsExactly(4);
			assertThat((String) stored(this.mailbox, kills).get("error")).contains("3 attempts");
		}

		@Test
		void extendsTheLeaseOfItsHolderOnly() {
			add("1");
			assertThat(this.store.receive(this.mailbox, 1, Duration.ofSeconds(1), 3)).hasSize(1);
			this.others.extend(List.of(this.mailbox), Duration.ofHours(1));
			this.store.extend(List.of(this.mailbox, fresh()), Duration.ofSeconds(2));
			CompletableFuture<Optional<MailboxMessage>> waiting = CompletableFuture
				.supplyAsync(() -> other.platform().mailbox(this.mailbox).receive(Waits.LIMIT));
			MailboxMessage message = waiting.join().orElseThrow();
			assertThat(message.attempt()).isEqualTo(2);
		}

		@Test
		void refusesWhoLostTheMailbox() {
			add("1");
			MessageReceipt lost = receive(1).get(0);
			assertThat(this.store.beginSettling(lost, LEASE)).isTrue();
			endLease();
			MessageReceipt taken = this.others.receive(this.mailbox, 1, LEASE, 3).get(0);
			assertThat(this.store.beginSettling(lost, LEASE)).isFalse();
			assertThat(this.store.finish(lost, null)).isFalse();
			assertThat(this.store.release(lost, null)).isEqualTo(ReleaseResult.STALE);
			assertThat(this.others.finish(taken, null)).isTrue();
		}

		@Test
		void handsOutNoMoreAtOnceThanAReplyShouldHold() {
			String large = '"' + "x".repeat(900_000) + '"';
			for (int i = 0; i < 25; i++) {
				add(large);
			}
			List<MessageReceipt> some = receive(25);
			List<MessageReceipt> others = receive(25);
			assertThat(some).hasSizeBetween(10, 20);
			assertThat(some.size() + others.size()).isEqualTo(25);
		}

		@Test
		void wakesWhoWaitsWhenTheHolderIsDone() {
			Mailbox here = application.platform().mailbox(this.mailbox);
			add("1");
			add("2");
			MailboxMessage first = here.receive().orElseThrow();
			CompletableFuture<Optional<MailboxMessage>> waiting = CompletableFuture
				.supplyAsync(() -> other.platform().mailbox(this.mailbox).receive(Waits.LIMIT));
			await().until(() -> !waiting.isDone());
			first.acknowledge();
			MailboxMessage second = waiting.join().orElseThrow();
			assertThat(second.json()).isEqualTo("2");
			assertThatExceptionOfType(StaleMessageException.class).isThrownBy(first::acknowledge);
		}

	}

	@Nested
	class Unreadable extends UnreadableMessageContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected Platform other() {
			return other.platform();
		}

		@Override
		protected void write(String mailbox, String headers) {
			UUID id = platform().mailbox(mailbox).send("unreadable");
			redis.opsForHash().put(MailboxScripts.prefix(mailbox) + "m:" + id, "headers", headers);
		}

	}

}
