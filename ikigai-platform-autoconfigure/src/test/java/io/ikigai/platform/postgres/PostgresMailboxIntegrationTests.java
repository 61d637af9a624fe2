package io.ikigai.platform.postgres;

import org.springframework.jdbc.core.JdbcTemplate;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.mailbox.MailboxContractTests;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.mailbox.MailboxReplyContractTests;
import io.ikigai.platform.mailbox.StaleMessageException;
import io.ikigai.platform.mailbox.UnreadableMessageContractTests;
import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The compatibility kit of mailboxes on PostgreSQL, and what plain SQL sees of them.
 */
@ParameterizedClass
@EnumSource(PostgresKind.class)
class PostgresMailboxIntegrationTests {

	private static PostgresKind.Opened server;

	private static PostgresDatabase database;

	private static PostgresApplication application;

	private static PostgresApplication other;

	@Parameter
	PostgresKind kind;

	@BeforeParameterizedClassInvocation
	static void start(PostgresKind kind) throws Exception {
		server = kind.open();
		database = server.database();
		application = PostgresApplication.start(database, "spring.application.name=first",
				"ikigai.mailboxes.poll-interval=10m");
		other = PostgresApplication.start(database, "spring.application.name=second",
				"ikigai.mailboxes.poll-interval=10m");
	}

	@AfterParameterizedClassInvocation
	static void stop() throws Exception {
		other.close();
		application.close();
		server.close();
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
	class PlainSql {

		private final Mailbox mailbox = application.platform().mailbox("Plain-" + UUID.randomUUID());

		private void insert(String values) throws SQLException {
			database.execute("INSERT INTO mailbox (mailbox_name, sender, payload) VALUES "
					+ values.replace("{m}", "'" + this.mailbox.name() + "', 'a program'"));
		}

		@Test
		void insertsAreReceivedInOrder() throws Exception {
			insert("({m}, '1'), ({m}, '2'), ({m}, '3')");
			this.mailbox.send(4);
			insert("({m}, '5')");
			List<MailboxMessage> messages = this.mailbox.receive(10);
			assertThat(messages).extracting(MailboxMessage::json).containsExactly("1", "2", "3", "4", "5");
			assertThat(messages.get(0).sender()).isEqualTo("a program");
			assertThat(messages.get(3).sender()).isEqualTo("first");
		}

		@Test
		void insertWakesWhoWaits() throws Exception {
			CompletableFuture<Optional<MailboxMessage>> waiting = CompletableFuture
				.supplyAsync(() -> this.mailbox.receive(Waits.LIMIT));
			insert("({m}, '1')");
			assertThat(waiting.join()).isPresent();
		}

		@Test
		void announcesWhatTheHolderLeaves() throws Exception {
			this.mailbox.send(1);
			this.mailbox.send(2);
			MailboxMessage first = this.mailbox.receive().orElseThrow();
			try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
				statement.execute("LISTEN \"" + ChannelName.ofMailbox(this.mailbox.name()) + '"');
				first.acknowledge();
				// Those of the sends may come late
				await().until(() -> Stream.of(connection.unwrap(PGConnection.class).getNotifications(500))
					.anyMatch((notification) -> notification.getParameter().equals("{}")));
			}
		}

		@Test
		void acknowledgementIsSeen() throws Exception {
			UUID id = this.mailbox.send("x");
			this.mailbox.receive().orElseThrow().acknowledge();
			assertThat(database
				.queryForText("SELECT read_by FROM mailbox WHERE read_at IS NOT NULL AND id = '" + id + "'"))
				.isEqualTo("first");
		}

		@Test
		void failureIsSeen() throws Exception {
			UUID id = this.mailbox.send("x");
			this.mailbox.receive().orElseThrow().fail("too odd");
			assertThat(
					database.queryForText("SELECT error FROM mailbox WHERE read_at IS NOT NULL AND id = '" + id + "'"))
				.isEqualTo("too odd");
		}

		@Test
		void readByPlainSqlIsRead() throws Exception {
			this.mailbox.send(1);
			this.mailbox.send(2);
			MailboxMessage message = this.mailbox.receive().orElseThrow();
			database.execute("UPDATE mailbox SET read_at = now(), read_by = 'x' WHERE id = '" + message.id() + "'");
			assertThatExceptionOfType(StaleMessageException.class).isThrownBy(message::acknowledge);
			assertThat(other.platform().mailbox(this.mailbox.name()).receive()).map(MailboxMessage::json).contains("2");
		}

		@Test
		void attemptsThatAreUsedUpLeaveAnError() throws Exception {
			UUID id = this.mailbox.send("x");
			for (int i = 0; i < 5; i++) {
				this.mailbox.receive().orElseThrow().release();
			}
			assertThat(
					database.queryForText("SELECT error FROM mailbox WHERE read_at IS NOT NULL AND id = '" + id + "'"))
				.contains("5 attempts");
		}

		@Test
		void retentionDeletesWhatIsRead() throws Exception {
			this.mailbox.send(1);
			this.mailbox.send(2);
			this.mailbox.receive().orElseThrow().acknowledge();
			database.execute("UPDATE mailbox SET read_at = read_at - interval '1 s'");
			RetentionIntegrationTests.sweep(application, "public").run();
			assertThat(database
				.queryForText("SELECT count(*) FROM mailbox WHERE mailbox_name = '" + this.mailbox.name() + "'"))
				.isEqualTo("1");
		}

	}

	@Nested
	class Leases {

		private final Mailbox mailbox = application.platform().mailbox("lease-" + UUID.randomUUID());

		private final Mailbox others = other.platform().mailbox(this.mailbox.name());

		private void endLease() throws SQLException {
			database.execute("UPDATE ikigai_mailbox_consumer SET lease_expires_at = now() WHERE mailbox_name = '"
					+ this.mailbox.name() + "'");
		}

		@Test
		void anotherTakesOverWhenTheLeaseEnds() throws Exception {
			this.mailbox.send(1);
			this.mailbox.send(2);
			List<MailboxMessage> lost = this.mailbox.receive(2);
			CompletableFuture<Optional<MailboxMessage>> waiting = CompletableFuture
				.supplyAsync(() -> this.others.receive(Waits.LIMIT));
			assertThat(this.others.receive()).isEmpty();
			endLease();
			MailboxMessage again = waiting.join().orElseThrow();
			assertThat(again.id()).isEqualTo(lost.get(0).id());
			assertThat(again.attempt()).isEqualTo(2);
			assertThat(this.mailbox.receive()).isEmpty();
			assertThatExceptionOfType(StaleMessageException.class).isThrownBy(() -> lost.get(0).acknowledge());
			assertThatExceptionOfType(StaleMessageException.class).isThrownBy(() -> lost.get(1).release());
			assertThat(this.others.receive()).map(MailboxMessage::id).contains(lost.get(1).id());
		}

		@Test
		void nobodyTakesOverWhatATransactionAcknowledges() throws Exception {
			this.mailbox.send(1);
			this.mailbox.send(2);
			List<MailboxMessage> messages = this.mailbox.receive(2);
			application.platform().transaction(() -> {
				messages.get(0).acknowledge();
				try {
					CompletableFuture.runAsync(() -> {
						try {
							endLease();
						}
						catch (SQLException ex) {
							throw new IllegalStateException(ex);
						}
					}).join();
					assertThat(CompletableFuture.supplyAsync(this.others::receive).join()).isEmpty();
				}
				finally {
					messages.get(1).acknowledge();
				}
			});
			assertThat(this.others.receive()).isEmpty();
			assertThat(this.mailbox.unread()).isZero();
		}

		@Test
		void deathsOfReceiversAreCountedForTheFirstMessageOnly() throws Exception {
			this.mailbox.send("kills");
			this.mailbox.send("innocent");
			for (int i = 0; i < 5; i++) {
				assertThat(this.mailbox.receive(2)).hasSize(2);
				endLease();
			}
			assertThat(this.others.receive(2)).extracting(MailboxMessage::json).containsExactly("\"innocent\"");
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
			application.bean(JdbcTemplate.class).update("""
					INSERT INTO mailbox (mailbox_name, sender, payload, headers)
					VALUES (?, 'psql', '"unreadable"', ?::jsonb)""", mailbox, headers);
		}

	}

}
