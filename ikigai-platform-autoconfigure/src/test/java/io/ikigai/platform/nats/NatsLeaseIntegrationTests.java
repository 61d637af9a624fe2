package io.ikigai.platform.nats;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.PayloadLimit;
import io.ikigai.platform.mailbox.FailedAttempt;
import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.mailbox.MessageReceipt;
import io.ikigai.platform.mailbox.NewMessage;
import io.ikigai.platform.mailbox.ReleaseResult;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.NatsServer;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.api.MessageInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Holders that die, messages that fail, and what NATS itself sees of mailboxes.
 */
class NatsLeaseIntegrationTests {

	private static final Duration LEASE = Duration.ofMillis(700);

	private static NatsApplication application;

	private final String name = "lease-界 " + UUID.randomUUID();

	private final Mailbox mailbox = application.platform().mailbox(this.name);

	@BeforeAll
	static void start() {
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		application = NatsApplication.start(database, NatsServer.shared().url());
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	/** As a process has it that dies: nothing extends its leases. */
	private static NatsBackend another() {
		return new NatsBackend(new NatsSettings(NatsServer.shared().url(), null, null, null, null, "ikigai", 1,
				"another", Duration.ofDays(7), Set.of("mailboxes", "pubsub")));
	}

	private static NewMessage message(int number) {
		return new NewMessage(UUID.randomUUID(), "me", String.valueOf(number), MessageOptions.of());
	}

	@Test
	void anotherTakesOverWhenTheLeaseEnds() {
		try (NatsBackend dead = another()) {
			this.mailbox.send(1);
			this.mailbox.send(2);
			List<MessageReceipt> lost = dead.mailboxStore().receive(this.name, 2, LEASE, 5);
			assertThat(lost).hasSize(2);
			CompletableFuture<Optional<MailboxMessage>> waiting = CompletableFuture
				.supplyAsync(() -> this.mailbox.receive(Waits.LIMIT));
			assertThat(this.mailbox.receive()).isEmpty();
			MailboxMessage again = waiting.join().orElseThrow();
			assertThat(again.id()).isEqualTo(lost.get(0).id());
			assertThat(again.attempt()).isEqualTo(2);
			assertThat(dead.mailboxStore().receive(this.name, 2, LEASE, 5)).isEmpty();
			assertThat(dead.mailboxStore().finish(lost.get(0), null)).isFalse();
			assertThat(dead.mailboxStore().release(lost.get(1), null)).isEqualTo(ReleaseResult.STALE);
			assertThat(this.mailbox.receive()).map(MailboxMessage::id).contains(lost.get(1).id());
		}
	}

	@Test
	void whoExtendsKeepsTheMailbox() {
		try (NatsBackend holder = another()) {
			this.mailbox.send(1);
			MessageReceipt receipt = holder.mailboxStore().receive(this.name, 1, LEASE, 5).get(0);
			Instant end = Instant.now().plus(LEASE);
			holder.mailboxStore().extend(List.of(this.name), Duration.ofMinutes(10));
			await("the end of the first lease").until(() -> Instant.now().isAfter(end.plusMillis(100)));
			assertThat(this.mailbox.receive()).isEmpty();
			assertThat(holder.mailboxStore().beginSettling(receipt, LEASE)).isTrue();
			assertThat(holder.mailboxStore().finish(receipt, null)).isTrue();
			assertThat(this.mailbox.unread()).isZero();
		}
	}

	@Test
	void deathsOfReceiversAreCountedForTheFirstMessageOnly() throws Exception {
		this.mailbox.send("kills");
		this.mailbox.send("innocent");
		for (int i = 0; i < 5; i++) {
			try (NatsBackend dying = another()) {
				await().until(() -> dying.mailboxStore().receive(this.name, 2, LEASE, 5), (some) -> some.size() == 2);
			}
		}
		assertThat(this.mailbox.receive(2)).extracting(MailboxMessage::json).containsExactly("\"innocent\"");
		MessageInfo dead = dead();
		assertThat(dead.getHeaders().getFirst("Ikigai-Error")).contains("5 attempts");
		assertThat(new String(dead.getData())).isEqualTo("\"kills\"");
	}

	private MessageInfo dead() throws Exception {
		try (Connection connection = Nats.connect(NatsServer.shared().url())) {
			return connection.jetStreamManagement()
				.getLastMessage("ikigai_mailbox_dead", "ikigai.mailbox_dead." + SubjectName.tokenOf(this.name));
		}
	}

	@Test
	void keepsTheReasonOfWhatWasGivenUp() throws Exception {
		this.mailbox.send(1);
		this.mailbox.receive().orElseThrow().fail("too odd ü");
		assertThat(dead().getHeaders().getFirst("Ikigai-Error")).isEqualTo("too odd ?");
		assertThat(this.mailbox.unread()).isZero();
		assertThat(application.platform().mailboxes()).contains(this.name);
	}

	@Test
	void aFailedMessageHoldsUpTheLaterOnesUntilItIsDue() throws Exception {
		try (NatsBackend holder = another()) {
			MailboxStore store = holder.mailboxStore();
			store.add(this.name, message(1));
			store.add(this.name, message(2));
			List<MessageReceipt> received = store.receive(this.name, 2, Waits.LIMIT, 5);
			assertThat(store.release(received.get(0), new FailedAttempt("later", 5, Duration.ofMillis(1500), false)))
				.isEqualTo(ReleaseResult.AGAIN);
			Instant due = Instant.now().plusMillis(1300);
			assertThat(this.mailbox.receive(2)).isEmpty();
			List<MailboxMessage> again = List.of(this.mailbox.receive(Waits.LIMIT).orElseThrow(),
					this.mailbox.receive().orElseThrow());
			assertThat(Instant.now()).isAfter(due);
			assertThat(again).extracting(MailboxMessage::json).containsExactly("1", "2");
			assertThat(again).extracting(MailboxMessage::attempt).containsExactly(2, 1);
		}
	}

	@Test
	void aHandOutThatDidNotArriveIsNoAttempt() {
		try (NatsBackend holder = another()) {
			MailboxStore store = holder.mailboxStore();
			NewMessage message = message(1);
			store.add(this.name, message);
			store.add(this.name, message);
			assertThat(store.unread(this.name)).isEqualTo(1);
			MessageReceipt receipt = store.receive(this.name, 1, Waits.LIMIT, 5).get(0);
			assertThat(receipt.id()).isEqualTo(message.id());
			assertThat(store.release(receipt, null)).isEqualTo(ReleaseResult.AGAIN);
			assertThat(store.receive(this.name, 1, Waits.LIMIT, 5)).extracting(MessageReceipt::attempt)
				.containsExactly(1);
		}
	}

	@Test
	void takesWhatOtherProgramsSend() throws Exception {
		CompletableFuture<Optional<MailboxMessage>> waiting = CompletableFuture
			.supplyAsync(() -> this.mailbox.receive(Waits.LIMIT));
		try (Connection connection = Nats.connect(NatsServer.shared().url())) {
			connection.jetStream().publish("ikigai.mailbox." + SubjectName.tokenOf(this.name), "{\"a\":1}".getBytes());
		}
		MailboxMessage message = waiting.join().orElseThrow();
		assertThat(message.json()).isEqualTo("{\"a\":1}");
		assertThat(message.sender()).isEqualTo("nats");
		message.acknowledge();
		assertThat(this.mailbox.unread()).isZero();
	}

	@Test
	void takesPayloadsUpToTheLimitAndRefusesLargerOnes() {
		long limit = ((PayloadLimit) application.backend().mailboxStore()).maxPayloadBytes();
		assertThat(limit).isEqualTo(1024 * 1024 - 16 * 1024);
		String largest = "x".repeat((int) limit - 2);
		this.mailbox.send(largest, MessageOptions.of().withHeader("h", "界".repeat(1000)));
		assertThat(this.mailbox.receive().orElseThrow().payload(String.class)).isEqualTo(largest);
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> this.mailbox.send(largest + "x"))
			.withMessageContaining(String.valueOf(limit));
		assertThatExceptionOfType(PayloadException.class)
			.isThrownBy(() -> this.mailbox.send("x", MessageOptions.of().withHeader("h", "界".repeat(2000))))
			.withMessageContaining("headers");
		assertThat(this.mailbox.unread()).isEqualTo(1);
	}

}
