package io.ikigai.platform.mailbox;

import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every backend does with messages that another program has written and that cannot
 * be read: each is given up alone, with its reason, and the next one follows.
 */
public abstract class UnreadableMessageContractTests extends MailboxKit {

	/**
	 * Writes a message as another program may, past the platform.
	 * @param mailbox the mailbox's name
	 * @param headers what stands where the platform keeps the JSON of the headers
	 * @throws Exception if it cannot be written
	 */
	protected abstract void write(String mailbox, String headers) throws Exception;

	@ParameterizedTest
	@ValueSource(strings = { "[1]", "\"x\"", "null", "{\"a\":null}", "{\"a\":1}", "{\"a\":{\"b\":\"c\"}}", "7", "true",
			"[]", "{\"good\":\"text\",\"bad\":[\"x\"]}" })
	void isGivenUpAlone(String headers) throws Exception {
		UUID before = this.mailbox.send("before");
		write(this.mailbox.name(), headers);
		UUID after = this.mailbox.send("after");
		List<MailboxMessage> received = this.mailbox.receive(10);
		assertThat(received).extracting(MailboxMessage::id).containsExactly(before, after);
		assertThat(received).extracting(MailboxMessage::attempt).containsOnly(1);
		received.forEach(MailboxMessage::acknowledge);
		assertThat(this.mailbox.receive()).isEmpty();
		assertThat(this.mailbox.unread()).isZero();
		if (showsMessages()) {
			assertThat(this.mailbox.list(10)).filteredOn((message) -> message.error() != null)
				.singleElement()
				.satisfies((message) -> assertThat(message.error()).contains("Unreadable headers"));
		}
	}

	@Test
	void isPassedOver() throws Exception {
		for (int i = 0; i < 5; i++) {
			write(this.mailbox.name(), "{\"a\":null}");
		}
		UUID behind = this.mailbox.send("behind");
		assertThat(received().id()).isEqualTo(behind);
	}

	@Test
	void isGivenUpWithTheTransactionThatReceivesIt() throws Exception {
		write(this.mailbox.name(), "null");
		UUID beside = this.mailbox.send("beside");
		platform().transaction(() -> {
			MailboxMessage message = received();
			assertThat(message.id()).isEqualTo(beside);
			message.acknowledge();
		});
		assertThat(this.mailbox.receive()).isEmpty();
		assertThat(this.mailbox.unread()).isZero();
	}

	@Test
	void isShownWithItsReason() throws Exception {
		if (!showsMessages()) {
			return;
		}
		write(this.mailbox.name(), "[1]");
		this.mailbox.send("beside");
		assertThat(this.mailbox.list(10)).hasSize(2)
			.filteredOn((message) -> message.error() != null)
			.singleElement()
			.satisfies((message) -> {
				assertThat(message.error()).contains("Unreadable headers");
				assertThat(message.headers()).isEmpty();
			});
	}

}
