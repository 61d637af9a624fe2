package io.ikigai.platform.postgres;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Consumers of a mailbox that are killed again and again while five senders send. Nothing
 * is lost or handled twice, and what each sends stays in order.
 */
class KilledConsumerIntegrationTests {

	private static final int SENDERS = 5;

	private static final int KILLS = 5;

	private final Semaphore mayBeSent = new Semaphore(0);

	private PostgresDatabase database;

	private LocalAgent sender;

	@BeforeEach
	void start() throws Exception {
		this.database = PostgresServer.shared().freshDatabase();
		this.database.execute("CREATE TABLE handled (seq bigserial, source text, number int, pid bigint)");
		this.sender = LocalAgent.start(this.database, "sender");
	}

	@AfterEach
	void stop() {
		this.sender.close();
	}

	@Test
	void receivesEverythingOnceAndInOrderThoughItIsKilledAgainAndAgain() throws Exception {
		int each = 1500;
		CompletableFuture<?> sending = send("judged", each);
		for (int kills = 0; kills < KILLS; kills++) {
			int before = handled();
			// They send to the end.
			this.mayBeSent.release(each * SENDERS / KILLS);
			try (AgentProcess consumer = consumer("judged", "test.listens=false")) {
				consumer.await("ready");
				consumer.tell("consume judged");
				awaitHandled(before + 900);
				consumer.kill();
			}
		}
		try (AgentProcess consumer = consumer("judged", "test.listens=false")) {
			consumer.await("ready");
			consumer.tell("consume judged");
			sending.join();
			awaitHandled(SENDERS * each);
		}
		assertNothingLostOrRepeated("judged", each);
	}

	@Test
	void anotherListenerTakesOverEachTime() throws Exception {
		int each = 600;
		this.mayBeSent.release(each * SENDERS);
		CompletableFuture<?> sending = send("listened", each);
		try (AgentProcess first = listener("listened"); AgentProcess second = listener("listened")) {
			first.await("ready");
			second.await("ready");
			List<AgentProcess> both = List.of(first, second);
			awaitHandled(500);
			killWhoHandles(both);
			awaitHandled(handled() + 500);
			try (AgentProcess third = listener("listened")) {
				third.await("ready");
				killWhoHandles(both);
				sending.join();
				awaitHandled(SENDERS * each);
			}
		}
		assertNothingLostOrRepeated("listened", each);
	}

	private AgentProcess listener(String mailbox) throws Exception {
		return consumer(mailbox, "test.listens=true");
	}

	private AgentProcess consumer(String mailbox, String listens) throws Exception {
		return AgentProcess.start(this.database, "consumer", "test.mailbox=" + mailbox, listens);
	}

	private void killWhoHandles(List<AgentProcess> processes) throws Exception {
		long last = this.sender.jdbc().queryForObject("SELECT pid FROM handled ORDER BY seq DESC LIMIT 1", Long.class);
		for (AgentProcess process : processes) {
			if (process.pid() == last) {
				process.kill();
				return;
			}
		}
		throw new AssertionError("Nobody of them has handled the last message");
	}

	private CompletableFuture<?> send(String name, int each) {
		Mailbox mailbox = this.sender.platform().mailbox(name);
		return CompletableFuture
			.allOf(IntStream.range(0, SENDERS).mapToObj((source) -> CompletableFuture.runAsync(() -> {
				MessageOptions options = MessageOptions.of().withHeader("source", String.valueOf(source));
				for (int number = 0; number < each; number++) {
					this.mayBeSent.acquireUninterruptibly();
					mailbox.send(number, options);
				}
			}, (work) -> new Thread(work, "sender-" + source).start())).toArray(CompletableFuture<?>[]::new));
	}

	private int handled() {
		return this.sender.count("SELECT count(*) FROM handled");
	}

	private void awaitHandled(int count) {
		await().until(() -> handled() >= count);
	}

	private void assertNothingLostOrRepeated(String mailbox, int each) {
		assertThat(handled()).isEqualTo(SENDERS * each);
		assertThat(this.sender
			.count("""
					SELECT count(*) FROM (SELECT number, row_number() OVER (PARTITION BY source ORDER BY seq) - 1 AS expected
						FROM handled) h WHERE number <> expected"""))
			.as("out of order")
			.isZero();
		assertThat(this.sender.platform().mailbox(mailbox).unread()).isZero();
		assertThat(
				this.sender.count("SELECT count(*) FROM mailbox WHERE mailbox_name = ? AND error IS NOT NULL", mailbox))
			.isZero();
	}

}
