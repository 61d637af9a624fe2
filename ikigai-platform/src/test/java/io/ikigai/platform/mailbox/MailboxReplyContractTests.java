package io.ikigai.platform.mailbox;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.TypeRef;
import org.junit.jupiter.api.Test;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Replies and questions: a part of the compatibility kit of mailboxes.
 */
public abstract class MailboxReplyContractTests extends MailboxKit {

	@Test
	void repliesToWhoSaysWhere() {
		Mailbox replies = platform().mailbox("replies-" + UUID.randomUUID());
		this.mailbox.send("question", MessageOptions.of().withReplyTo(replies.name()).withCorrelationId("number 7"));
		received().reply("answer");
		MailboxMessage reply = replies.receive().orElseThrow();
		assertThat(reply.payload(String.class)).isEqualTo("answer");
		assertThat(reply.correlationId()).isEqualTo("number 7");
	}

	@Test
	void refusesToReplyToNobody() {
		this.mailbox.send("x");
		assertThatIllegalStateException().isThrownBy(() -> received().reply("y")).withMessageContaining("withReplyTo");
	}

	@Test
	void asksAndIsAnswered() throws Exception {
		CompletableFuture<Integer> first = this.mailbox.ask(20, Integer.class, Waits.LIMIT);
		CompletableFuture<List<Integer>> second = this.mailbox.ask(21, new TypeRef<List<Integer>>() {
		}, Waits.LIMIT);
		List<MailboxMessage> questions = others().receive(2);
		questions.get(1).reply(List.of(1, 2));
		questions.get(0).reply(questions.get(0).payload(Integer.class) + 1);
		assertThat(Waits.value("the first answer", first)).isEqualTo(21);
		assertThat(Waits.value("the second answer", second)).containsExactly(1, 2);
		assertThat(platform().mailboxes()).noneMatch((name) -> name.equals(questions.get(0).replyTo()));
	}

	@Test
	void dropsRepliesThatComeLate() throws Exception {
		CompletableFuture<String> late = this.mailbox.ask("x", String.class, Duration.ofMillis(50));
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> Waits.value("the end of the time", late))
			.withCauseInstanceOf(TimeoutException.class);
		MailboxMessage question = others().receive().orElseThrow();
		question.reply("late");
		question.acknowledge();
		String replies = question.replyTo();
		assertThat(replies).isNotNull();
		await().until(() -> other().mailbox(replies).unread() == 0);
		CompletableFuture<String> next = this.mailbox.ask("y", String.class, Waits.LIMIT);
		others().receive().orElseThrow().reply("in time");
		assertThat(Waits.value("the next answer", next)).isEqualTo("in time");
	}

	@Test
	void tellsWhenAReplyDoesNotFit() {
		CompletableFuture<Integer> asked = this.mailbox.ask("x", Integer.class, Waits.LIMIT);
		others().receive().orElseThrow().reply(Map.of("no", "number"));
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> Waits.value("the refused answer", asked))
			.withCauseInstanceOf(PayloadException.class);
	}

	@Test
	void refusesToAskInsideATransaction() {
		assertThatIllegalStateException().isThrownBy(() -> platform().transaction(() -> {
			this.mailbox.ask("x", String.class, Waits.LIMIT);
		})).withMessageContaining("transaction");
		assertThat(this.mailbox.unread()).isZero();
	}

}
