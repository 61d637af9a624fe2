package io.ikigai.platform.mailbox;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.TypeRef;
import io.ikigai.platform.UnsupportedByBackendException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The compatibility kit of mailboxes.
 */
public abstract class MailboxContractTests extends MailboxKit {

	private static List<Integer> numbers(List<MailboxMessage> messages) {
		return messages.stream().map((message) -> message.payload(Integer.class)).toList();
	}

	@Test
	void receivesWhatWasSent() {
		UUID id = this.mailbox.send(Map.of("text", "hällo"),
				MessageOptions.of()
					.withHeader("a", "1")
					.withHeader("b", "2")
					.withReplyTo("there")
					.withCorrelationId("c"));
		MailboxMessage message = received();
		assertThat(message.id()).isEqualTo(id);
		assertThat(message.mailbox()).isEqualTo(this.mailbox.name());
		assertThat(message.sender()).isNotEmpty();
		assertThat(message.createdAt()).isNotNull();
		assertThat(message.attempt()).isEqualTo(1);
		assertThat(message.headers()).containsExactlyInAnyOrderEntriesOf(Map.of("a", "1", "b", "2"));
		assertThat(message.replyTo()).isEqualTo("there");
		assertThat(message.correlationId()).isEqualTo("c");
		assertThat(message.payload(new TypeRef<Map<String, String>>() {
		})).isEqualTo(Map.of("text", "hällo"));
		assertThat(message.json()).contains("hällo");
		assertThat(platform().mailboxes()).contains(this.mailbox.name());
	}

	@Test
	void showsMessagesWithoutReceivingThem() {
		if (!showsMessages()) {
			assertThatExceptionOfType(UnsupportedByBackendException.class).isThrownBy(() -> this.mailbox.list(10))
				.withMessageContaining("ikigai.services.mailboxes");
			assertThatExceptionOfType(UnsupportedByBackendException.class).isThrownBy(this.mailbox::consumer)
				.withMessageContaining("ikigai.services.mailboxes");
			return;
		}
		assertThat(this.mailbox.list(10)).isEmpty();
		assertThat(this.mailbox.consumer()).isEmpty();
		UUID read = this.mailbox.send("read");
		UUID failed = this.mailbox.send("failed");
		UUID unread = this.mailbox.send(Map.of("a", 1),
				MessageOptions.of().withHeader("h", "1").withReplyTo("there").withCorrelationId("c"));
		received().acknowledge();
		received().fail("no good");
		assertThat(this.mailbox.list(10)).extracting(MessageInfo::id).containsExactly(unread, failed, read);
		assertThat(this.mailbox.list(1)).singleElement().satisfies((message) -> {
			assertThat(message.json()).isEqualToIgnoringWhitespace("{\"a\":1}");
			assertThat(message.mailbox()).isEqualTo(this.mailbox.name());
			assertThat(message.sender()).isNotEmpty();
			assertThat(message.headers()).isEqualTo(Map.of("h", "1"));
			assertThat(message.replyTo()).isEqualTo("there");
			assertThat(message.correlationId()).isEqualTo("c");
			assertThat(message.attempt()).isZero();
			assertThat(message.createdAt()).isNotNull();
			assertThat(message.readAt()).isNull();
		});
		assertThat(this.mailbox.list(10)).filteredOn((message) -> message.id().equals(failed))
			.singleElement()
			.satisfies((message) -> {
				assertThat(message.readAt()).isAfterOrEqualTo(message.createdAt().truncatedTo(ChronoUnit.MILLIS));
				assertThat(message.readBy()).isNotEmpty();
				assertThat(message.error()).contains("no good");
			});
		assertThat(this.mailbox.consumer()).hasValueSatisfying((consumer) -> {
			assertThat(consumer.agent()).isEqualTo(platform().agents().self().name());
			assertThat(consumer.holding()).isFalse();
		});
		MailboxMessage held = received();
		assertThat(this.mailbox.consumer().orElseThrow().holding()).isTrue();
		assertThat(this.mailbox.consumer().orElseThrow().leaseExpiresAt()).isAfter(held.createdAt());
		assertThat(this.mailbox.unread()).isEqualTo(1);
		assertThatIllegalArgumentException().isThrownBy(() -> this.mailbox.list(0)).withMessageContaining("limit");
		held.acknowledge();
	}

	@Test
	void receivesWithoutOptions() {
		this.mailbox.send("x");
		MailboxMessage message = received();
		assertThat(message.headers()).isEmpty();
		assertThat(message.replyTo()).isNull();
		assertThat(message.correlationId()).isNull();
	}

	@Test
	void receivesNothingFromAnEmptyMailbox() {
		assertThat(this.mailbox.receive()).isEmpty();
		assertThat(this.mailbox.receive(10)).isEmpty();
		assertThat(this.mailbox.receive(Duration.ofMillis(100))).isEmpty();
		assertThat(this.mailbox.unread()).isZero();
	}

	@Test
	void receivesInTheOrderOfSending() {
		List<Integer> sent = IntStream.range(0, 50).boxed().toList();
		sent.forEach(this.mailbox::send);
		List<Integer> received = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			List<MailboxMessage> messages = this.mailbox.receive(5);
			received.addAll(numbers(messages));
			messages.forEach(MailboxMessage::acknowledge);
		}
		assertThat(received).isEqualTo(sent);
		assertThat(this.mailbox.unread()).isZero();
	}

	@Test
	void receivesInTheOrderOfCallsWithinATransaction() {
		platform().transaction(() -> IntStream.range(0, 10).forEach(this.mailbox::send));
		assertThat(numbers(this.mailbox.receive(10))).isEqualTo(IntStream.range(0, 10).boxed().toList());
	}

	@Test
	void handsFollowingMessagesToTheHolderAndNothingToOthers() {
		this.mailbox.send(1);
		this.mailbox.send(2);
		this.mailbox.send(3);
		MailboxMessage first = received();
		assertThat(others().receive()).isEmpty();
		MailboxMessage second = received();
		assertThat(second.payload(Integer.class)).isEqualTo(2);
		first.acknowledge();
		assertThat(others().receive()).isEmpty();
		second.acknowledge();
		assertThat(others().receive()).map((message) -> message.payload(Integer.class)).contains(3);
		assertThat(this.mailbox.receive()).isEmpty();
	}

	@Test
	void handsOverWhenAllIsReleased() {
		this.mailbox.send(1);
		this.mailbox.send(2);
		this.mailbox.receive(2).get(0).release();
		assertThat(numbers(others().receive(10))).containsExactly(1, 2);
	}

	@Test
	void countsWhatIsNotAcknowledged() {
		this.mailbox.send(1);
		this.mailbox.send(2);
		MailboxMessage message = received();
		assertThat(this.mailbox.unread()).isEqualTo(2);
		message.acknowledge();
		assertThat(this.mailbox.unread()).isEqualTo(1);
	}

	@Test
	void releasedComesAgainWithAllThatWasHandedOutAfterIt() {
		IntStream.range(0, 5).forEach(this.mailbox::send);
		List<MailboxMessage> messages = this.mailbox.receive(4);
		messages.get(0).acknowledge();
		messages.get(1).release();
		List<MailboxMessage> again = this.mailbox.receive(10);
		assertThat(numbers(again)).containsExactly(1, 2, 3, 4);
		assertThat(again).extracting(MailboxMessage::attempt).containsExactly(2, 2, 2, 1);
		assertThatExceptionOfType(StaleMessageException.class).isThrownBy(() -> messages.get(2).acknowledge())
			.satisfies((ex) -> assertThat(ex.messageId()).isEqualTo(messages.get(2).id()));
	}

	@Test
	void comesAgainBeforeALaterOne() {
		this.mailbox.send(1);
		MailboxMessage message = received();
		this.mailbox.send(2);
		message.release();
		assertThat(numbers(this.mailbox.receive(10))).containsExactly(1, 2);
	}

	@Test
	void givesUpAfterTheConfiguredAttempts() {
		this.mailbox.send("bad");
		this.mailbox.send("next");
		for (int attempt = 1; attempt <= 5; attempt++) {
			List<MailboxMessage> messages = this.mailbox.receive(2);
			assertThat(messages.get(0).json()).contains("bad");
			assertThat(messages.get(0).attempt()).isEqualTo(attempt);
			messages.get(0).release();
		}
		MailboxMessage next = received();
		assertThat(next.json()).contains("next");
		assertThat(this.mailbox.unread()).isEqualTo(1);
	}

	@Test
	void failedIsGivenUpAndTheNextOneFollows() {
		this.mailbox.send(1);
		this.mailbox.send(2);
		MailboxMessage message = received();
		message.fail("cannot \0 be");
		assertThat(this.mailbox.unread()).isEqualTo(1);
		assertThat(received().payload(Integer.class)).isEqualTo(2);
		assertThatExceptionOfType(StaleMessageException.class).isThrownBy(message::acknowledge);
	}

	@Test
	void settlesOnce() {
		this.mailbox.send(1);
		MailboxMessage message = received();
		message.acknowledge();
		assertThatExceptionOfType(StaleMessageException.class).isThrownBy(message::acknowledge);
		assertThatExceptionOfType(StaleMessageException.class).isThrownBy(message::release);
		assertThatExceptionOfType(StaleMessageException.class).isThrownBy(() -> message.fail("no"));
	}

	@Test
	void wakesWhoWaits() {
		CompletableFuture<Optional<MailboxMessage>> waiting = CompletableFuture
			.supplyAsync(() -> this.mailbox.receive(Waits.LIMIT));
		UUID id = others().send("x");
		assertThat(waiting.join()).map(MailboxMessage::id).contains(id);
	}

	@Test
	void wakesWhoWaitsForAnotherToBeDone() {
		this.mailbox.send(1);
		this.mailbox.send(2);
		MailboxMessage message = received();
		CompletableFuture<Optional<MailboxMessage>> waiting = CompletableFuture
			.supplyAsync(() -> others().receive(Waits.LIMIT));
		message.acknowledge();
		assertThat(waiting.join()).map((next) -> next.payload(Integer.class)).contains(2);
	}

	@Test
	void sendsAfterTheCommitOrNever() {
		assertThatExceptionOfType(Deliberate.class).isThrownBy(() -> platform().transaction((Runnable) () -> {
			this.mailbox.send("never");
			throw new Deliberate();
		}));
		CompletableFuture<Optional<MailboxMessage>> waiting = CompletableFuture
			.supplyAsync(() -> this.mailbox.receive(Waits.LIMIT));
		UUID id = platform().transaction(() -> {
			UUID sent = this.mailbox.send("x");
			assertThat(CompletableFuture.supplyAsync(() -> others().unread()).join()).isZero();
			return sent;
		});
		assertThat(waiting.join()).map(MailboxMessage::id).contains(id);
	}

	@Test
	void acknowledgesWithTheTransactionItJoins() {
		this.mailbox.send(1);
		MailboxMessage message = received();
		assertThatExceptionOfType(Deliberate.class).isThrownBy(() -> platform().transaction((Runnable) () -> {
			message.acknowledge();
			throw new Deliberate();
		}));
		assertThat(this.mailbox.unread()).isEqualTo(1);
		assertThat(others().receive()).isEmpty();
		platform().transaction(message::acknowledge);
		assertThat(this.mailbox.unread()).isZero();
	}

	@Test
	void rollsBackWhatALateReceiverWroteThoughItCatchesTheRefusal() {
		this.mailbox.send(1);
		MailboxMessage message = received();
		message.release();
		AtomicReference<Exception> refused = new AtomicReference<>();
		try {
			platform().transaction(() -> {
				this.mailbox.send("written");
				try {
					message.acknowledge();
				}
				catch (StaleMessageException ex) {
					refused.set(ex);
				}
			});
		}
		catch (RuntimeException ex) {
			assertThat(ex).isNotInstanceOf(StaleMessageException.class);
		}
		assertThat(refused).doesNotHaveNullValue();
		assertThat(this.mailbox.unread()).isEqualTo(1);
	}

	@Test
	void receivesWithinATransactionThatRollsBack() {
		this.mailbox.send(1);
		AtomicReference<MailboxMessage> lost = new AtomicReference<>();
		assertThatExceptionOfType(Deliberate.class).isThrownBy(() -> platform().transaction((Runnable) () -> {
			lost.set(received());
			assertThat(CompletableFuture.supplyAsync(() -> others().receive()).join()).isEmpty();
			throw new Deliberate();
		}));
		assertThatExceptionOfType(StaleMessageException.class).isThrownBy(() -> lost.get().acknowledge());
		assertThat(received().attempt()).isEqualTo(1);
	}

	@Test
	void receivesAndAcknowledgesInOneTransaction() {
		this.mailbox.send(1);
		platform().transaction(() -> received().acknowledge());
		assertThat(this.mailbox.unread()).isZero();
	}

	@Test
	void takesTheLongestHeadersAndCorrelationId() {
		String longest = "x".repeat(4096);
		this.mailbox.send(1, MessageOptions.of().withHeader("h", longest).withCorrelationId("c".repeat(3000)));
		MailboxMessage message = received();
		assertThat(message.headers()).containsEntry("h", longest);
		assertThat(message.correlationId()).hasSize(3000);
	}

	@Test
	void changesNoDecimalThatIsReadWithoutAType() {
		Map<String, Object> payload = Map.of("amount", new BigDecimal("12345678901234567890.12"));
		this.mailbox.send(payload);
		assertThat(received().payload(Map.class)).isEqualTo(payload);
	}

	@Test
	void refusesWhatCannotBeTaken() {
		assertThatIllegalArgumentException().isThrownBy(() -> platform().mailbox(""));
		assertThatIllegalArgumentException().isThrownBy(() -> platform().mailbox("x".repeat(256)));
		assertThatIllegalArgumentException().isThrownBy(() -> this.mailbox.receive(0));
		assertThatIllegalArgumentException().isThrownBy(() -> this.mailbox.receive(1001));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.mailbox.send("x", MessageOptions.of().withHeader("h", "a\0b")));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.mailbox.send("x", MessageOptions.of().withReplyTo("")));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.mailbox.send("x", MessageOptions.of().withCorrelationId("\0")));
		String tooLong = "x".repeat(4097);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.mailbox.send("x", MessageOptions.of().withHeader(tooLong, "v")));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.mailbox.send("x", MessageOptions.of().withHeader("h", tooLong)));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.mailbox.send("x", MessageOptions.of().withCorrelationId(tooLong)));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.mailbox.send("x", MessageOptions.of().withReplyTo("x".repeat(256))));
		assertThatIllegalArgumentException().isThrownBy(() -> this.mailbox.ask("x", String.class, Duration.ZERO));
		assertThatExceptionOfType(PayloadException.class).isThrownBy(() -> this.mailbox.send("a\0b"));
		assertThat(this.mailbox.unread()).isZero();
	}

	@Test
	void takesAnyName() {
		for (String name : List.of("界".repeat(255), "a.b.*.>", "with space", "Ünï/cöde:\"'", "x".repeat(255))) {
			Mailbox odd = platform().mailbox(name);
			CompletableFuture<Optional<MailboxMessage>> waiting = CompletableFuture
				.supplyAsync(() -> odd.receive(Waits.LIMIT));
			UUID id = other().mailbox(name).send("x");
			MailboxMessage message = waiting.join().orElseThrow();
			assertThat(message.id()).isEqualTo(id);
			message.acknowledge();
		}
	}

	/**
	 * Thrown by work that is meant to fail.
	 */
	private static final class Deliberate extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

}
