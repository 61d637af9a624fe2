package io.ikigai.benchmarks.service;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import javax.sql.DataSource;

import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Raw LISTEN and NOTIFY: one NOTIFY for each message, a connection for each subscriber.
 * Payloads have less than 8000 bytes, and what a listener misses is lost.
 */
public final class NotifyBroker implements Broker {

	private final AtomicLong sequence = new AtomicLong();

	private final ServiceApplication application;

	private final DataSource pool;

	/**
	 * Starts an application for its pool.
	 * @param url the database
	 */
	public NotifyBroker(String url) {
		this.application = ServiceApplication.start(url, new String[0], Map.of());
		this.pool = this.application.pool();
	}

	@Override
	public AutoCloseable subscribe(Runnable received) throws SQLException {
		Connection connection = this.pool.getConnection();
		try (Statement statement = connection.createStatement()) {
			statement.execute("LISTEN benchmark");
		}
		AtomicBoolean open = new AtomicBoolean(true);
		Thread thread = new Thread(() -> receive(connection, received, open), "benchmark-listen");
		thread.start();
		return () -> {
			open.set(false);
			thread.join();
			try (Statement statement = connection.createStatement()) {
				statement.execute("UNLISTEN *");
			}
			connection.close();
		};
	}

	private static void receive(Connection connection, Runnable received, AtomicBoolean open) {
		try {
			PGConnection notifications = connection.unwrap(PGConnection.class);
			while (open.get()) {
				PGNotification[] some = notifications.getNotifications(100);
				for (int i = 0; some != null && i < some.length; i++) {
					received.run();
				}
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void publish(String text) throws SQLException {
		try (Connection connection = this.pool.getConnection();
				PreparedStatement statement = connection.prepareStatement("SELECT pg_notify('benchmark', ?)")) {
			statement.setString(1, this.sequence.incrementAndGet() + text);
			statement.execute();
		}
	}

	@Override
	public void close() {
		this.application.close();
	}

}
