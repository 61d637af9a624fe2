package io.ikigai.platform.postgres;

import java.util.UUID;

import io.ikigai.platform.listener.ListenerContainer;
import io.ikigai.platform.listener.ListenerRegistry;
import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code kill -9} of a receiver, or its end, does to its mailboxes. Who waits does
 * not poll.
 */
class MailboxDeathIntegrationTests {

	private static final String LEASE_OF_KEPT = "SELECT lease_expires_at FROM ikigai_mailbox_consumer WHERE mailbox_name = 'kept'";

	private static PostgresDatabase database;

	private static LocalAgent survivor;

	@BeforeAll
	static void start() throws Exception {
		database = PostgresServer.shared().freshDatabase();
		database.execute("CREATE TABLE handled (seq bigserial, source text, number int, pid bigint)");
		survivor = LocalAgent.start(database, "survivor", "ikigai.mailboxes.poll-interval=10m",
				"ikigai.mailboxes.lease=3s");
		// Locks say nothing so soon after the server's start.
		await().until(() -> "t"
			.equals(database.queryForText("SELECT now() - pg_postmaster_start_time() > interval '10 seconds'")));
	}

	@AfterAll
	static void stop() {
		survivor.close();
	}

	@Test
	void takesOverFromKilledReceiver() throws Exception {
		Mailbox mailbox = survivor.platform().mailbox("deadly");
		UUID first = mailbox.send(1);
		mailbox.send(2);
		try (AgentProcess victim = AgentProcess.start(database, "victim", "ikigai.mailboxes.lease=10m")) {
			victim.await("ready");
			victim.tell("receive deadly").await("received 2");
			assertThat(mailbox.receive()).isEmpty();
			victim.kill();
			MailboxMessage message = mailbox.receive(Waits.LIMIT).orElseThrow();
			assertThat(message.id()).isEqualTo(first);
			assertThat(message.attempt()).isEqualTo(2);
			message.acknowledge();
			assertThat(mailbox.receive()).map(MailboxMessage::json).contains("2");
		}
	}

	@Test
	void listenerTakesOverFromKilledReceiver() throws Exception {
		Mailbox mailbox = survivor.platform().mailbox("listened");
		mailbox.send(1, MessageOptions.of().withHeader("source", "death"));
		mailbox.send(2, MessageOptions.of().withHeader("source", "death"));
		try (AgentProcess victim = AgentProcess.start(database, "victim", "ikigai.mailboxes.lease=10m");
				LocalAgent standby = LocalAgent.start(database, "standby", "test.mailbox=listened",
						"ikigai.mailboxes.poll-interval=10m")) {
			victim.await("ready");
			victim.tell("receive listened").await("received 2");
			ListenerContainer container = standby.bean(ListenerRegistry.class).find("consumer").orElseThrow();
			container.start();
			victim.kill();
			await().until(() -> mailbox.unread() == 0);
			assertThat(survivor.jdbc()
				.queryForList("SELECT number FROM handled WHERE source = 'death' ORDER BY seq", Integer.class))
				.containsExactly(1, 2);
		}
	}

	@Test
	void listenerTakesOverFromOneThatStops() {
		Mailbox mailbox = survivor.platform().mailbox("stopped");
		try (LocalAgent first = LocalAgent.start(database, "first", "test.mailbox=stopped", "test.listens=true");
				LocalAgent second = LocalAgent.start(database, "second", "test.mailbox=stopped", "test.listens=true")) {
			mailbox.send(1, MessageOptions.of().withHeader("source", "stop"));
			await().until(() -> mailbox.unread() == 0);
			first.close();
			assertThat(second.bean(ListenerRegistry.class).isRunning()).isTrue();
			mailbox.send(2, MessageOptions.of().withHeader("source", "stop"));
			await().until(() -> mailbox.unread() == 0);
		}
		assertThat(survivor.count("SELECT count(DISTINCT number) FROM handled WHERE source = 'stop'")).isEqualTo(2);
	}

	@Test
	void answersWhatAnotherProcessAsks() throws Exception {
		try (AgentProcess answering = AgentProcess.start(database, "answering", "test.mailbox=asked",
				"test.listens=true")) {
			answering.await("ready");
			assertThat(survivor.platform().mailbox("asked").ask(41, Integer.class, Waits.LIMIT).get()).isEqualTo(42);
		}
	}

	@Test
	void keepsWhatItHoldsBeyondTheLease() {
		Mailbox mailbox = survivor.platform().mailbox("kept");
		mailbox.send(1);
		MailboxMessage message = mailbox.receive().orElseThrow();
		survivor.jdbc().execute("CREATE TABLE first_lease AS " + LEASE_OF_KEPT);
		await("the end of the first lease, which was extended").until(
				() -> survivor.count("SELECT count(*) FROM first_lease f WHERE f.lease_expires_at < now() AND now() < ("
						+ LEASE_OF_KEPT + ")") == 1);
		try (LocalAgent waiting = LocalAgent.start(database, "waiting")) {
			assertThat(waiting.platform().mailbox("kept").receive()).isEmpty();
			message.acknowledge();
		}
	}

	@Test
	void takesOverFromReceiverThatEnded() {
		Mailbox mailbox = survivor.platform().mailbox("ended");
		mailbox.send(1);
		MailboxMessage lost;
		try (LocalAgent ending = LocalAgent.start(database, "ending", "ikigai.mailboxes.lease=10m")) {
			lost = ending.platform().mailbox("ended").receive().orElseThrow();
			assertThat(mailbox.receive()).isEmpty();
		}
		assertThat(mailbox.receive(Waits.LIMIT)).map(MailboxMessage::id).contains(lost.id());
	}

}
