package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.StoredHeaders;
import io.ikigai.platform.UnansweredReceives;
import io.ikigai.platform.mailbox.FailedAttempt;
import io.ikigai.platform.mailbox.MailboxConsumer;
import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.mailbox.MessageInfo;
import io.ikigai.platform.mailbox.MessageOptions;
import io.ikigai.platform.mailbox.MessageReceipt;
import io.ikigai.platform.mailbox.NewMessage;
import io.ikigai.platform.mailbox.ReleaseResult;
import io.ikigai.platform.transaction.CallerTransactions;
import io.ikigai.platform.transaction.Ending;
import io.ikigai.platform.transaction.TransactionPhase;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Mailboxes in the table {@code mailbox}. A row that is handed out bears a receipt; the
 * process that received last holds the mailbox while there are such rows and its lease
 * has not ended. Receivers take turns by an advisory lock that nobody waits for in the
 * server.
 */
final class PostgresMailboxStore implements MailboxStore {

	private static final FailedAttempt NONE = new FailedAttempt(null, Integer.MAX_VALUE, Duration.ZERO, false);

	private static final int TRIES = 40;

	private static final long PAUSE_MILLIS = 5;

	private final JdbcTemplate jdbc;

	private final CallerTransactions transactions;

	private final SideConnection leaseConnection;

	private final Schema schema;

	private final JsonMapper json;

	private final TaskRow rows;

	private final String agent;

	private final UUID instance;

	private final QueueAnnouncer announcer;

	private final Wakeups wakeups;

	private final Runnable listening;

	private final MailboxSql sql;

	private final PickedMessages picked;

	private final MailboxInspection inspection;

	private final UnansweredReceives unanswered = new UnansweredReceives();

	private final WriteGroup<Row> group = new WriteGroup<>(2, this::insert);

	PostgresMailboxStore(JdbcTemplate jdbc, CallerTransactions transactions, SideConnection leaseConnection,
			Schema schema, JsonMapper json, String agent, UUID instance, QueueAnnouncer announcer, Wakeups wakeups,
			Runnable listening) {
		this.jdbc = jdbc;
		this.transactions = transactions;
		this.leaseConnection = leaseConnection;
		this.schema = schema;
		this.json = json;
		this.rows = new TaskRow(json);
		this.agent = agent;
		this.instance = instance;
		this.announcer = announcer;
		this.wakeups = wakeups;
		this.listening = listening;
		this.sql = new MailboxSql(schema);
		this.picked = new PickedMessages(jdbc, schema, this.sql, this.rows, instance, announcer);
		this.inspection = new MailboxInspection(this.jdbc, schema, this.rows);
	}

	@Override
	public void add(String mailbox, NewMessage message) {
		Row row = new Row(mailbox, message);
		if (this.transactions.phase() != TransactionPhase.NONE || message.json().length() > WriteGroup.LARGEST) {
			insert(List.of(row));
		}
		else {
			this.group.add(row);
		}
	}

	private void insert(List<Row> rows) {
		this.jdbc.execute(this.sql.insert, (PreparedStatement statement) -> {
			Connection connection = statement.getConnection();
			statement.setString(1, this.agent);
			statement.setArray(2, WriteGroup.column(connection, "uuid", rows, Row::id));
			statement.setObject(3, TextArray.of(rows, Row::mailbox));
			statement.setObject(4, TextArray.of(rows, (row) -> row.message.sender()));
			statement.setObject(5, TextArray.of(rows, (row) -> row.message.json()));
			statement.setObject(6, TextArray.of(rows, this::headers));
			statement.setObject(7, TextArray.of(rows, (row) -> row.options().replyTo()));
			statement.setObject(8, TextArray.of(rows, (row) -> row.options().correlationId()));
			return statement.executeUpdate();
		});
		Map<String, UUID> announced = new LinkedHashMap<>();
		rows.forEach((row) -> announced.putIfAbsent(row.mailbox, row.id()));
		announced.forEach(this.announcer::announceMessage);
	}

	private @Nullable String headers(Row row) {
		Map<String, String> headers = row.options().headers();
		return headers.isEmpty() ? null : this.json.writeValueAsString(headers);
	}

	@Override
	public List<MessageReceipt> receive(String mailbox, int max, Duration lease, int maxAttempts) {
		for (int i = 0; i < TRIES; i++) {
			try {
				Optional<List<MessageReceipt>> received = receiveOnce(mailbox, max, lease, maxAttempts);
				if (received.isPresent()) {
					return received.get();
				}
			}
			catch (ConcurrencyFailureException ex) {
				// Isolated as default_transaction_isolation says: another receiver was
				// first
				if (i == TRIES - 1 || this.transactions.running()) {
					throw ex;
				}
			}
			try {
				TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return List.of();
			}
		}
		// Another transaction is receiving, for long.
		return List.of();
	}

	/**
	 * Receives if it is this process's turn.
	 * @return the messages, or nothing if another receiver has its turn
	 */
	private Optional<List<MessageReceipt>> receiveOnce(String mailbox, int max, Duration lease, int maxAttempts) {
		List<UUID> tokens = new ArrayList<>();
		try {
			return this.transactions.ofStores().execute((status) -> {
				if (!takesTurn(mailbox, lease)) {
					return Optional.empty();
				}
				tokens.addAll(this.unanswered.take(mailbox));
				UUID token = UUID.randomUUID();
				List<MessageReceipt> received = receiveInTurn(mailbox, max, lease, maxAttempts, token, tokens);
				tokens.add(token);
				if (this.transactions.running()) {
					this.transactions.whenEnded((ending) -> {
						if (ending != Ending.COMMITTED) {
							this.unanswered.add(mailbox, tokens);
						}
					});
				}
				return Optional.of(received);
			});
		}
		catch (RuntimeException | Error ex) {
			// Perhaps it was committed, and only its answer is lost
			this.unanswered.add(mailbox, tokens);
			throw ex;
		}
	}

	private boolean takesTurn(String mailbox, Duration lease) {
		return Boolean.TRUE.equals(this.jdbc.query(this.sql.turn, (ResultSet row) -> row.next() && row.getBoolean(1),
				this.schema.name() + "." + mailbox, Long.toString(lease.toMillis())));
	}

	private List<MessageReceipt> receiveInTurn(String mailbox, int max, Duration lease, int maxAttempts, UUID token,
			List<UUID> unanswered) {
		Holder holder = this.jdbc.query(this.sql.holder, PostgresMailboxStore::holder, this.instance, mailbox).get(0);
		if (holder.handedOut
				&& ((!holder.mine && !holder.ended) || (holder.ended && !takeOver(mailbox, maxAttempts)))) {
			return List.of();
		}
		if (!unanswered.isEmpty() && holder.handedOut && !takeBack(mailbox, unanswered)) {
			this.unanswered.add(mailbox, unanswered);
			return List.of();
		}
		return this.picked.next(mailbox, max, lease, token);
	}

	private static Holder holder(ResultSet row, int number) throws SQLException {
		return new Holder(row.getBoolean("handed_out"), row.getBoolean("mine"), row.getBoolean("ended"));
	}

	private boolean takeOver(String mailbox, int maxAttempts) {
		return this.jdbc.update(this.sql.takeOver, true, null, maxAttempts, 0.0, true, this.agent, mailbox) > 0;
	}

	/**
	 * Takes back what was handed out in answers that did not arrive, and what was handed
	 * out after it: order comes first.
	 * @return whether nothing of it is handed out any more
	 */
	private boolean takeBack(String mailbox, List<UUID> unanswered) {
		PGobject tokens = TextArray.of(unanswered, UUID::toString);
		return this.jdbc.update(this.sql.takeBack, false, null, Integer.MAX_VALUE, 0.0, false, this.agent, mailbox,
				mailbox, tokens) > 0
				|| !Boolean.TRUE.equals(this.jdbc.queryForObject(this.sql.unanswered, Boolean.class, mailbox, tokens));
	}

	@Override
	public boolean beginSettling(MessageReceipt message, Duration lease) {
		return !this.jdbc
			.queryForList(this.sql.guard, String.class, Long.toString(lease.toMillis()), message.id(), message.token())
			.isEmpty();
	}

	@Override
	public boolean finish(MessageReceipt message, @Nullable String error) {
		return this.jdbc.update(this.sql.finish, this.agent, error, message.id(), message.token()) == 1;
	}

	@Override
	public ReleaseResult release(MessageReceipt message, @Nullable FailedAttempt failure) {
		FailedAttempt given = (failure != null) ? failure : NONE;
		List<Boolean> released = this.jdbc.queryForList(this.sql.release, Boolean.class, failure != null, given.error(),
				given.maxAttempts(), PostgresTaskStore.seconds(given.pause()), given.laterSeen(), this.agent,
				message.id(), message.token(), message.mailbox());
		if (released.isEmpty()) {
			return ReleaseResult.STALE;
		}
		boolean givenUp = released.contains(true);
		if (givenUp || given.pause().isZero()) {
			this.announcer.announceMessage(message.mailbox(), message.id());
		}
		return givenUp ? ReleaseResult.GIVEN_UP : ReleaseResult.AGAIN;
	}

	@Override
	public void handOver(String mailbox) {
		if (Boolean.TRUE.equals(this.jdbc.queryForObject(this.sql.waiting, Boolean.class, mailbox, mailbox))) {
			this.announcer.announceMessage(mailbox, null);
		}
	}

	@Override
	public void extend(Collection<String> mailboxes, Duration lease) {
		this.leaseConnection.execute((connection) -> {
			try (PreparedStatement statement = connection.prepareStatement(this.sql.extend)) {
				statement.setArray(1, connection.createArrayOf("text", mailboxes.toArray()));
				statement.setObject(2, this.instance);
				statement.setDouble(3, PostgresTaskStore.seconds(lease));
				return statement.executeUpdate();
			}
		});
	}

	@Override
	public long unread(String mailbox) {
		Long unread = this.jdbc.queryForObject(this.sql.unread, Long.class, mailbox);
		return (unread != null) ? unread : 0;
	}

	@Override
	public List<MessageInfo> list(String mailbox, int limit) {
		return this.inspection.list(mailbox, limit);
	}

	@Override
	public Optional<MailboxConsumer> consumer(String mailbox) {
		return this.inspection.consumer(mailbox);
	}

	@Override
	public List<String> mailboxes() {
		return this.jdbc.queryForList(this.sql.names, String.class);
	}

	@Override
	public AutoCloseable onMessage(String mailbox, Runnable wake) {
		AutoCloseable waiting = this.wakeups.addMailbox(mailbox, wake);
		this.listening.run();
		return waiting;
	}

	/**
	 * Who has a mailbox.
	 *
	 * @param handedOut whether messages are handed out
	 * @param mine whether this process received last
	 * @param ended whether the holder died or its lease ended
	 */
	private record Holder(boolean handedOut, boolean mine, boolean ended) {
	}

	/**
	 * A message to insert.
	 *
	 * @param mailbox its mailbox
	 * @param message the message
	 */
	private record Row(String mailbox, NewMessage message) {

		UUID id() {
			return this.message.id();
		}

		MessageOptions options() {
			return this.message.options();
		}

	}

}
