package io.ikigai.platform.postgres;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.pubsub.Subscription;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * All services and the application's own table in the transaction of one task: all of it
 * or nothing, wherever {@code kill -9} meets the process.
 */
class OneTransactionIntegrationTests {

	private LocalAgent survivor;

	private PostgresDatabase database;

	private Subscription subscription;

	private final List<String> published = new CopyOnWriteArrayList<>();

	@BeforeEach
	void start() throws Exception {
		this.database = PostgresServer.shared().freshDatabase();
		LocalAgent.createEffects(this.database);
		this.survivor = LocalAgent.start(this.database, "survivor");
		this.subscription = this.survivor.platform()
			.pubsub()
			.subscribe(EverythingApplication.NAME, String.class, this.published::add);
	}

	@AfterEach
	void stop() {
		this.subscription.close();
		this.survivor.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "everything-leased", "everything-in-transaction" })
	void leavesNothingWhenKilledBeforeTheCommit(String queue) throws Exception {
		try (AgentProcess victim = AgentProcess.start(this.database, "victim", "test.everything=true")) {
			victim.await("ready");
			UUID id = this.survivor.queue(queue).enqueue("before");
			victim.await("before");
			assertNothing(id);
			victim.kill();
			Task again = this.survivor.queue(queue).claim(Waits.LIMIT).orElseThrow();
			assertThat(again.id()).isEqualTo(id);
			assertNothing(id);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "everything-leased", "everything-in-transaction" })
	void leavesNothingWhenTheHandlerFails(String queue) throws Exception {
		try (AgentProcess agent = AgentProcess.start(this.database, "failing", "test.everything=true")) {
			agent.await("ready");
			UUID id = this.survivor.queue(queue).enqueue("fail");
			await().until(() -> this.survivor.queue(queue).find(id).orElseThrow().state() == TaskState.FAILED);
			assertNothing(id);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "everything-leased", "everything-in-transaction" })
	void losesNothingWhenKilledAfterTheCommit(String queue) throws Exception {
		try (AgentProcess victim = AgentProcess.start(this.database, "victim", "test.everything=true")) {
			victim.await("ready");
			UUID id = this.survivor.queue(queue).enqueue("after");
			victim.await("after");
			victim.kill();
			assertThat(this.survivor.queue(queue).find(id).orElseThrow().state()).isEqualTo(TaskState.COMPLETED);
			assertThat(this.survivor.effects(id)).isEqualTo(1);
			assertThat(EverythingApplication.documents(this.survivor.platform()).get(id.toString())).isPresent();
			assertThat(EverythingApplication.documents(this.survivor.platform()).nearest(new float[] { 1, 0, 0 }, 10))
				.extracting((hit) -> hit.document().id())
				.containsExactly(id.toString());
			assertThat(this.survivor.platform().cache(EverythingApplication.NAME).get(id.toString(), String.class))
				.contains("changed");
			assertThat(this.survivor.platform().cache(EverythingApplication.NAME).get("count", Long.class))
				.contains(1L);
			// Nobody was told of these; they are found all the same.
			MailboxMessage message = this.survivor.platform()
				.mailbox(EverythingApplication.NAME)
				.receive(Waits.LIMIT)
				.orElseThrow();
			assertThat(message.payload(String.class)).isEqualTo(id.toString());
			Task next = this.survivor.queue("everything-next").claim(Waits.LIMIT).orElseThrow();
			assertThat(next.payload(String.class)).isEqualTo(id.toString());
			await().until(() -> !this.published.isEmpty());
			assertThat(this.published).containsExactly(id.toString());
		}
	}

	private void assertNothing(UUID id) {
		assertThat(this.survivor.effects(id)).isZero();
		assertThat(EverythingApplication.documents(this.survivor.platform()).get(id.toString())).isEmpty();
		assertThat(this.survivor.count("SELECT count(*) FROM ikigai_document_vector")).isZero();
		assertThat(this.survivor.platform().mailbox(EverythingApplication.NAME).unread()).isZero();
		assertThat(this.survivor.queue("everything-next").claim()).isEmpty();
		assertThat(this.survivor.platform().cache(EverythingApplication.NAME).get(id.toString(), String.class))
			.isEmpty();
		assertThat(this.survivor.platform().cache(EverythingApplication.NAME).get("count", Long.class)).isEmpty();
		// What is published later arrives, and nothing has come before it.
		this.survivor.platform().pubsub().publish(EverythingApplication.NAME, "later");
		await().until(() -> !this.published.isEmpty());
		assertThat(this.published).containsOnly("later");
	}

}
