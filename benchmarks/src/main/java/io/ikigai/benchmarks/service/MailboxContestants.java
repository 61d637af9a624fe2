package io.ikigai.benchmarks.service;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

import io.ikigai.platform.listener.ListenerContainer;
import io.ikigai.platform.listener.ListenerRegistry;
import io.ikigai.platform.mailbox.Mailbox;

/**
 * Mailboxes by the platform and by single statements.
 */
public final class MailboxContestants implements AutoCloseable {

	private static final int MESSAGES = 5000;

	private static final String FILL = """
			INSERT INTO mailbox (mailbox_name, sender, payload)
			SELECT ?, 'benchmark', CAST(? AS jsonb) FROM generate_series(1, %d)""".formatted(MESSAGES);

	private final ServiceApplication application;

	/**
	 * Starts the application.
	 * @param url the database
	 * @param arguments properties of the platform
	 */
	public MailboxContestants(String url, String[] arguments) {
		this.application = ServiceApplication.start(url, arguments, Map.of());
	}

	/**
	 * Sends through the platform.
	 * @param callers in how many threads
	 * @return messages per second
	 * @throws Exception if it fails
	 */
	public double send(int callers) throws Exception {
		Mailbox mailbox = this.application.platform().mailbox("benchmark-send");
		return Throughput.perSecond(callers, () -> mailbox.send(Reading.of(1)));
	}

	/**
	 * Inserts the same rows, one by one.
	 * @param callers in how many threads
	 * @return messages per second
	 * @throws Exception if it fails
	 */
	public double insert(int callers) throws Exception {
		return Throughput.perSecond(callers, () -> {
			try (Connection connection = this.application.pool().getConnection();
					PreparedStatement statement = connection.prepareStatement("""
							INSERT INTO mailbox (mailbox_name, sender, payload)
							VALUES ('benchmark-insert', 'benchmark', CAST(? AS jsonb))""")) {
				statement.setString(1, Reading.json(1));
				statement.executeUpdate();
			}
		});
	}

	/**
	 * Has a listener handle what there is, in order.
	 * @return messages per second
	 */
	public double drain() {
		fill(ServiceApplication.DRAINED);
		ServiceApplication.Drain drain = this.application.bean(ServiceApplication.Drain.class);
		drain.handled.reset();
		ListenerContainer listener = this.application.bean(ListenerRegistry.class)
			.find(ServiceApplication.DRAINED)
			.orElseThrow();
		Mailbox mailbox = this.application.platform().mailbox(ServiceApplication.DRAINED);
		long begun = System.nanoTime();
		listener.start();
		while (drain.handled.sum() < MESSAGES || mailbox.unread() > 0) {
			LockSupport.parkNanos(1_000_000);
		}
		double seconds = Throughput.seconds(begun);
		listener.stop();
		return MESSAGES / seconds;
	}

	/**
	 * Reads the rows in order, and marks one after the other.
	 * @return messages per second
	 * @throws Exception if it fails
	 */
	public double markOneByOne() throws Exception {
		fill("benchmark-mark");
		long begun = System.nanoTime();
		try (Connection connection = this.application.pool().getConnection();
				Statement query = connection.createStatement();
				ResultSet row = query.executeQuery("""
						SELECT id, payload FROM mailbox WHERE mailbox_name = 'benchmark-mark' AND read_at IS NULL
						ORDER BY position""");
				PreparedStatement mark = connection
					.prepareStatement("UPDATE mailbox SET read_at = now(), read_by = 'benchmark' WHERE id = ?")) {
			while (row.next()) {
				row.getString(2);
				mark.setObject(1, row.getObject(1, UUID.class));
				mark.executeUpdate();
			}
		}
		return MESSAGES / Throughput.seconds(begun);
	}

	private void fill(String mailbox) {
		this.application.jdbc().execute("TRUNCATE mailbox");
		this.application.jdbc().update(FILL, mailbox, Reading.json(1));
		this.application.jdbc().execute("ANALYZE mailbox");
	}

	@Override
	public void close() {
		this.application.close();
	}

}
